import { linesOf, type EvidenceFile } from './evidence.ts';
import { fileAddress } from './links.ts';
import { markup, type Markup } from './markup.ts';
import { counted, sizeText } from './quantity.ts';
import { readableText } from './readable.ts';
import type { Case } from './reported-run.ts';

/** What of a manifest is shown; the rest is in the file. */
const MANIFEST_LINES = 120;

/** What was applied, in full as long as it is short, and a link to every file. */
export function evidenceList({ run, scenario }: Case): Markup | undefined {
  if (scenario.evidence.length === 0) return undefined;
  const applied = scenario.evidence.filter((name) => name.includes('/applied/'));
  return markup`${applied.map((name) => manifest(name, run.evidence.get(name)))}
<details class="more"><summary>${counted(scenario.evidence.length, 'file')} of evidence</summary><ul class="files">${scenario.evidence.map(
    (name) => markup`<li>${link(name, run.evidence.get(name), run.folder)}`,
  )}</ul></details>`;
}

function link(name: string, file: EvidenceFile | undefined, folder: string): Markup {
  const address = fileAddress(folder, name);
  if (address === undefined) return markup`${name} (not a file of this run)`;
  const size = file ? sizeText(file.bytes) : 'not there any more';
  return markup`<a href="${address}">${name.replace(/^scenarios\/[^/]+\//, '')}</a> ${size}`;
}

function manifest(name: string, file: EvidenceFile | undefined): Markup | undefined {
  if (!file?.part) return undefined;
  const isCut = file.part.content.length < file.bytes;
  const lines = linesOf(file.part, isCut);
  const shown = lines.slice(0, MANIFEST_LINES).map(readableText);
  const sign =
    isCut || lines.length > shown.length
      ? markup`<p class="note">Cut here: the file has ${sizeText(file.bytes)}.</p>`
      : undefined;
  return markup`<details class="more"><summary>Applied: ${name.split('/applied/').at(-1)}</summary><pre tabindex="0">${shown.join('\n')}</pre>${sign}</details>`;
}
