/** A way to the server. */
export interface SshContender {
  readonly name: 'direct' | 'jump' | 'hoopctl';
  readonly title: string;
  /** For `ssh -F`: the server is `bench` in it. */
  readonly config: string;
  /** What stands between client and server; null where nothing does. */
  readonly proxy: Proxy | null;
}

/** What a proxy has used up. */
export interface Proxy {
  /** Nanoseconds of processor time, from the beginning; once it has nothing left to do. */
  cpu(): Promise<number>;
  /** Most bytes that were resident since this was last asked for; null where it is many processes. */
  peak(): number | null;
}
