// Command Field values (0000,0100) of the DIMSE messages (PS3.7 annex E.1). A response is its request
// with the top bit set.

export const commandField = {
  cStoreRq: 0x0001,
  cStoreRsp: 0x8001,
  cGetRq: 0x0010,
  cGetRsp: 0x8010,
  cFindRq: 0x0020,
  cFindRsp: 0x8020,
  cMoveRq: 0x0021,
  cMoveRsp: 0x8021,
  cEchoRq: 0x0030,
  cEchoRsp: 0x8030,
  nEventReportRq: 0x0100,
  nEventReportRsp: 0x8100,
  nGetRq: 0x0110,
  nGetRsp: 0x8110,
  nSetRq: 0x0120,
  nSetRsp: 0x8120,
  nActionRq: 0x0130,
  nActionRsp: 0x8130,
  nCreateRq: 0x0140,
  nCreateRsp: 0x8140,
  nDeleteRq: 0x0150,
  nDeleteRsp: 0x8150,
  cCancelRq: 0x0fff,
} as const;

const responseBit = 0x8000;

const knownRequests: ReadonlySet<number> = new Set(
  Object.values(commandField).filter((field) => (field & responseBit) === 0),
);

export function isResponse(field: number): boolean {
  return (field & responseBit) !== 0;
}

export function responseTo(field: number): number {
  return field | responseBit;
}

/** Whether PS3.7 knows this request; others are answered 0x0211. */
export function isKnownRequest(field: number): boolean {
  return knownRequests.has(field);
}

export function commandName(field: number): string {
  const found = Object.entries(commandField).find(([, value]) => value === field);
  return found === undefined ? `command 0x${field.toString(16).padStart(4, '0')}` : found[0];
}
