import { z } from 'zod';

/** A speaker's log line on a change of its member list (hashicorp/memberlist), the same in 0.13 to 0.16. */
const nodeEventSchema = z.object({
  msg: z.literal('node event - forcing sync'),
  'node name': z.string(),
  'node event': z.enum(['NodeJoin', 'NodeLeave', 'NodeUpdate']),
});

/** The member lists of all speakers, as their logs tell them. A speaker counts itself. */
export class MemberLists {
  readonly #lists = new Map<string, Set<string>>();

  /** Takes one line of a speaker's log; lines about other things change nothing. */
  read(speaker: string, line: string): void {
    const event = parse(line);
    if (!event) return;
    const members = this.#lists.get(speaker) ?? new Set<string>();
    this.#lists.set(speaker, members);
    if (event['node event'] === 'NodeLeave') members.delete(event['node name']);
    else members.add(event['node name']);
  }

  /** Its log begins anew. */
  forget(speaker: string): void {
    this.#lists.delete(speaker);
  }

  /** True when `nodes` speakers each list `nodes` members. */
  complete(nodes: number): boolean {
    return this.#lists.size === nodes && [...this.#lists.values()].every((members) => members.size === nodes);
  }

  /** `speaker-abc lists 2, speaker-def lists 3`, for a failure's text. */
  describe(): string {
    if (this.#lists.size === 0) return 'no speaker lists any member';
    return [...this.#lists].map(([speaker, members]) => `${speaker} lists ${members.size}`).join(', ');
  }
}

function parse(line: string): z.infer<typeof nodeEventSchema> | undefined {
  try {
    return nodeEventSchema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}
