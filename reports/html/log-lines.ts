import { z } from 'zod';

/** A line of a log, on the wall clock. */
export interface LogLine {
  /** Milliseconds since 1970. */
  time: number;
  /** What its stamp is good for: the line was written within this many milliseconds after `time`. */
  precisionMs: number;
  text: string;
  alarming: boolean;
}

const jsonLineSchema = z.looseObject({
  ts: z.string(),
  level: z.string().optional(),
  msg: z.string().optional(),
});

const ISO = /^(?:time=)?"?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))"?\s*(.*)$/;
/** FRR's, in UTC in these containers. */
const FRR = /^(\d{4})\/(\d\d)\/(\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?) (.*)$/;
/** Kubernetes' klog, which leaves the year out. */
const KLOG = /^([IWEF])(\d\d)(\d\d) (\d\d:\d\d:\d\d\.\d+)\s+\d+ (.*)$/;
const ALARMING = /\b(?:level=(?:warn\w*|err\w*|fatal|panic)|error|fail(?:ed|ure)?|panic)\b/i;

/** What is wanted of a log, in milliseconds since 1970. */
export interface Span {
  from: number;
  to: number;
}

/**
 * A line that was written in a span; undefined for another one, and for one without a stamp, such as the further
 * lines of a stack trace.
 */
export function logLine(line: string, span: Span): LogLine | undefined {
  const read = line.startsWith('{')
    ? jsonLine(line, span)
    : textLine(line, new Date(span.from).getUTCFullYear());
  return read && isWithin(read.time, span) ? read : undefined;
}

function isWithin(time: number, { from, to }: Span): boolean {
  return time >= from && time <= to;
}

function textLine(line: string, year: number): LogLine | undefined {
  const [, iso, said = ''] = ISO.exec(line) ?? [];
  if (iso !== undefined) return stamped(iso, said, ALARMING.test(said));
  const frr = FRR.exec(line);
  if (frr) {
    const [, years, month, day, time, text = ''] = frr;
    return stamped(`${years}-${month}-${day}T${time}Z`, text, ALARMING.test(text));
  }
  const klog = KLOG.exec(line);
  if (!klog) return undefined;
  const [, level = '', month, day, time, text = ''] = klog;
  return stamped(`${year}-${month}-${day}T${time}Z`, text, level !== 'I');
}

/** The controller's and the speakers' own: what is said first, then what it is about. */
function jsonLine(line: string, span: Span): LogLine | undefined {
  const [, ts = ''] = /"ts":"([^"]+)"/.exec(line) ?? [];
  // Logs are long and scenarios short: most lines are of another time, and are not looked at further.
  if (!isWithin(Date.parse(ts), span)) return undefined;
  let data: unknown;
  try {
    data = JSON.parse(line);
  } catch {
    // Cut short, or with bytes that JSON has not.
    return stamped(ts, line, ALARMING.test(line));
  }
  const parsed = jsonLineSchema.safeParse(data);
  if (!parsed.success) return undefined;
  const { ts: _ts, level = '', msg, caller: _caller, ...others } = parsed.data;
  const facts = Object.entries(others)
    .filter(([name]) => name !== 'stacktrace')
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const text = [...(msg === undefined ? [] : [msg]), ...facts].join(' ');
  return stamped(ts, text, /^(?:warn|err|fatal|panic)/.test(level));
}

function stamped(iso: string, text: string, alarming: boolean): LogLine | undefined {
  const time = Date.parse(iso);
  if (Number.isNaN(time)) return undefined;
  return { time, precisionMs: iso.includes('.') ? 1 : 1000, text, alarming };
}
