// What a module gives to the roles scp and mllp.

/** A network door made by a module (DIMSE, MLLP). */
export interface Door {
  /** Binds; answers where it listens, host:port (and the TLS listener when there is one). */
  start(): Promise<{ address: string; tlsAddress?: string; stop(limitMs: number): Promise<void> }>;
}
