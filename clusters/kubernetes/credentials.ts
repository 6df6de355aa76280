/** What a server is shown, beside what never changes. Certificate and key are PEM. */
export interface Credentials {
  token?: string;
  clientCertificate?: string;
  clientKey?: string;
}

/** Credentials, and until when they hold, as milliseconds since 1970; undefined: until the server refuses them. */
export interface Lent {
  credentials: Credentials;
  until?: number | undefined;
}

/** Credentials are asked for this much before they end, as a call takes a while. */
const EARLY_MS = 10_000;

/** Credentials that end: those of a program, or of a file that somebody else renews. */
export class CredentialSource {
  readonly #lend: () => Promise<Lent>;
  readonly #now: () => number;
  #lent: Promise<Lent> | undefined;

  constructor(lend: () => Promise<Lent>, now: () => number = Date.now) {
    this.#lend = lend;
    this.#now = now;
  }

  /** Those that hold: asked for once by all calls, until they end. */
  async current(): Promise<Credentials> {
    const { credentials, until } = await (this.#lent ??= this.#ask());
    if (until === undefined || this.#now() < until - EARLY_MS) return credentials;
    return this.renewed(credentials);
  }

  /** Others than those that have ended or were refused; asked for once by all whose were the same. */
  async renewed(refused: Credentials): Promise<Credentials> {
    const before = this.#lent;
    const lent = await before?.catch(() => undefined);
    // Another call may have asked meanwhile.
    if (this.#lent === before && (!lent || lent.credentials === refused)) this.#lent = this.#ask();
    return (await (this.#lent ??= this.#ask())).credentials;
  }

  /** One that fails is asked again by the next call. */
  #ask(): Promise<Lent> {
    const asked: Promise<Lent> = this.#lend().catch((error: unknown) => {
      if (this.#lent === asked) this.#lent = undefined;
      throw error;
    });
    return asked;
  }
}
