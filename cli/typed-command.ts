/**
 * How the command line is started here. A checkout's program is in no PATH: npm starts it, and says so
 * (https://docs.npmjs.com/cli/using-npm/scripts#environment).
 */
export function programName(environment: NodeJS.ProcessEnv = process.env): string {
  return environment['npm_command'] === undefined ? 'dualvip' : 'npx dualvip';
}

/**
 * A text with its commands as they are to be typed here: `dualvip up` becomes `npx dualvip up` where npm is
 * needed. `commands` are their names; "clusters of dualvip" stays as it is.
 */
export function asTyped(text: string, commands: readonly string[], program = programName()): string {
  const command = new RegExp(`(?<![\\w./-]|npx )dualvip (?=(?:${commands.join('|')})\\b)`, 'g');
  return text.replaceAll(command, `${program} `);
}
