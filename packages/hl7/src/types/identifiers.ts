// HD, EI, CX, PL and the coded values CE and CWE (HL7 v2.x chapter 2A). Each reads a Piece at any
// level: an HD is a field in MSH-3 and a component in CX-4. Empty parts are null; nothing here throws.
import type { Piece } from '../piece.ts';

export interface Hd {
  namespaceId: string | null;
  universalId: string | null;
  universalIdType: string | null;
}

export interface Ei extends Hd {
  entityIdentifier: string | null;
}

export interface Cx {
  id: string | null;
  checkDigit: string | null;
  checkDigitScheme: string | null;
  assigningAuthority: Hd | null;
  identifierTypeCode: string | null;
  assigningFacility: Hd | null;
  effectiveDate: string | null;
  expirationDate: string | null;
}

export interface Cwe {
  identifier: string | null;
  text: string | null;
  codingSystem: string | null;
  alternateIdentifier: string | null;
  alternateText: string | null;
  alternateCodingSystem: string | null;
  codingSystemVersion: string | null;
  originalText: string | null;
}

export interface Pl {
  pointOfCare: string | null;
  room: string | null;
  bed: string | null;
  facility: Hd | null;
  building: string | null;
  floor: string | null;
  description: string | null;
}

/** Null when all its parts are empty. */
export function parseHd(piece: Piece): Hd | null {
  const hd = {
    namespaceId: piece.at(1).text,
    universalId: piece.at(2).text,
    universalIdType: piece.at(3).text,
  };
  return hd.namespaceId === null && hd.universalId === null ? null : hd;
}

export function parseEi(piece: Piece): Ei {
  return {
    entityIdentifier: piece.at(1).text,
    namespaceId: piece.at(2).text,
    universalId: piece.at(3).text,
    universalIdType: piece.at(4).text,
  };
}

export function parseCx(piece: Piece): Cx {
  return {
    id: piece.at(1).text,
    checkDigit: piece.at(2).text,
    checkDigitScheme: piece.at(3).text,
    assigningAuthority: parseHd(piece.at(4)),
    identifierTypeCode: piece.at(5).text,
    assigningFacility: parseHd(piece.at(6)),
    effectiveDate: piece.at(7).text,
    expirationDate: piece.at(8).text,
  };
}

/** CE and CWE: the first six parts are the same, CWE adds the versions and the original text. */
export function parseCwe(piece: Piece): Cwe {
  return {
    identifier: piece.at(1).text,
    text: piece.at(2).text,
    codingSystem: piece.at(3).text,
    alternateIdentifier: piece.at(4).text,
    alternateText: piece.at(5).text,
    alternateCodingSystem: piece.at(6).text,
    codingSystemVersion: piece.at(7).text,
    originalText: piece.at(9).text,
  };
}

export const parseCe = parseCwe;

export function parsePl(piece: Piece): Pl {
  return {
    pointOfCare: piece.at(1).text,
    room: piece.at(2).text,
    bed: piece.at(3).text,
    facility: parseHd(piece.at(4)),
    building: piece.at(7).text,
    floor: piece.at(8).text,
    description: piece.at(9).text,
  };
}
