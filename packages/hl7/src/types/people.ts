// XPN, XCN, XAD and XTN (HL7 v2.x chapter 2A). Chinese senders put the whole name into XPN-1, or family and
// given name into XPN-1 and XPN-2, or both forms as repetitions with XPN-8 telling them apart.
import type { Piece } from '../piece.ts';
import { type Hd, parseHd } from './identifiers.ts';

export interface Xpn {
  family: string | null;
  given: string | null;
  middle: string | null;
  suffix: string | null;
  prefix: string | null;
  degree: string | null;
  /** Table 0200: L legal, D display, M maiden, A alias, … */
  typeCode: string | null;
  /** Table 0465: A alphabetic, I ideographic, P phonetic. */
  representation: string | null;
}

export interface Xcn extends Xpn {
  id: string | null;
  assigningAuthority: Hd | null;
  identifierTypeCode: string | null;
}

export interface Xad {
  street: string | null;
  otherDesignation: string | null;
  city: string | null;
  state: string | null;
  zip: string | null;
  country: string | null;
  typeCode: string | null;
  county: string | null;
}

export interface Xtn {
  /** The number as one text, composed from its parts when the sender sends only those. */
  number: string | null;
  useCode: string | null;
  equipmentType: string | null;
  email: string | null;
}

export function parseXpn(piece: Piece): Xpn {
  return {
    // FN: the surname is its first sub-component.
    family: piece.at(1).at(1).text,
    given: piece.at(2).text,
    middle: piece.at(3).text,
    suffix: piece.at(4).text,
    prefix: piece.at(5).text,
    degree: piece.at(6).text,
    typeCode: piece.at(7).text,
    representation: piece.at(8).text,
  };
}

export function parseXcn(piece: Piece): Xcn {
  return {
    id: piece.at(1).text,
    family: piece.at(2).at(1).text,
    given: piece.at(3).text,
    middle: piece.at(4).text,
    suffix: piece.at(5).text,
    prefix: piece.at(6).text,
    degree: piece.at(7).text,
    assigningAuthority: parseHd(piece.at(9)),
    typeCode: piece.at(10).text,
    identifierTypeCode: piece.at(13).text,
    representation: piece.at(15).text,
  };
}

const han = /\p{Script=Han}/u;

/** A name as people read it: Chinese run together, others given name first. Empty when there is none. */
export function displayName(name: Pick<Xpn, 'family' | 'given' | 'middle'>): string {
  const parts = [name.family, name.given, name.middle].map((part) => part?.trim() ?? '');
  if (parts.some((part) => han.test(part))) return parts.join('');
  const [family = '', given = '', middle = ''] = parts;
  return [given, middle, family].filter((part) => part !== '').join(' ');
}

export function parseXad(piece: Piece): Xad {
  return {
    // SAD since v2.3.1: the street address is its first sub-component.
    street: piece.at(1).at(1).text,
    otherDesignation: piece.at(2).text,
    city: piece.at(3).text,
    state: piece.at(4).text,
    zip: piece.at(5).text,
    country: piece.at(6).text,
    typeCode: piece.at(7).text,
    county: piece.at(9).text,
  };
}

export function parseXtn(piece: Piece): Xtn {
  const parts = [5, 6, 7].map((n) => piece.at(n).text).filter((part) => part !== null);
  const composed = parts.length === 0 ? null : parts.join('');
  return {
    number: piece.at(1).text ?? piece.at(12).text ?? composed,
    useCode: piece.at(2).text,
    equipmentType: piece.at(3).text,
    email: piece.at(4).text,
  };
}
