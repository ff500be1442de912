// The Native DICOM Model (PS3.19 A.1) as WADO-RS metadata in application/dicom+xml carries it, made from the DICOM JSON
// model and read back into it: both hold the same, so each attribute is understood in one place only.
import {
  type DicomJson,
  type JsonElement,
  type JsonPersonName,
  type JsonValue,
  keywordOf,
} from '@yunying/dicom';
import { SaxesParser, type SaxesTagPlain } from 'saxes';
import { AppError } from '../../../errors.ts';

export const dicomXml = 'application/dicom+xml';

const groups = ['Alphabetic', 'Ideographic', 'Phonetic'] as const;
const nameParts = ['FamilyName', 'GivenName', 'MiddleName', 'NamePrefix', 'NameSuffix'] as const;
const deepest = 32;
const mostElements = 500_000;

export function toNativeXml(json: DicomJson): string {
  const out = [
    '<?xml version="1.0" encoding="UTF-8"?>\n<NativeDicomModel xmlns="http://dicom.nema.org/PS3.19/models/NativeDICOM" xml:space="preserve">',
  ];
  writeAttributes(json, out);
  out.push('</NativeDicomModel>\n');
  return out.join('');
}

function writeAttributes(json: DicomJson, out: string[]): void {
  for (const [tag, element] of Object.entries(json)) {
    const creator = creatorOf(json, tag);
    const keyword = keywordOf(tag);
    out.push(
      `<DicomAttribute tag="${tag}" vr="${element.vr}"`,
      keyword === undefined || keyword === null || keyword === '' ? '' : ` keyword="${keyword}"`,
      creator === null ? '' : ` privateCreator="${escapeXml(creator)}"`,
      '>',
    );
    writeContent(element, out);
    out.push('</DicomAttribute>');
  }
}

/** (gggg,00bb) of a private element (gggg,bbee). */
function creatorOf(json: DicomJson, tag: string): string | null {
  const isPrivate = Number.parseInt(tag.slice(3, 4), 16) % 2 === 1;
  if (!isPrivate || tag.slice(4, 6) === '00') return null;
  const creator = json[`${tag.slice(0, 4)}00${tag.slice(4, 6)}`]?.Value?.[0];
  return typeof creator === 'string' ? creator : null;
}

function writeContent(element: JsonElement, out: string[]): void {
  if (element.BulkDataURI !== undefined) out.push(`<BulkData uri="${escapeXml(element.BulkDataURI)}"/>`);
  if (element.InlineBinary !== undefined) out.push(`<InlineBinary>${element.InlineBinary}</InlineBinary>`);
  for (const [index, value] of (element.Value ?? []).entries()) {
    const number = ` number="${index + 1}"`;
    if (element.vr === 'SQ') {
      out.push(`<Item${number}>`);
      if (isRecord(value)) writeAttributes(value as DicomJson, out);
      out.push('</Item>');
    } else if (element.vr === 'PN') writeName(value, number, out);
    else if (value === null) out.push(`<Value${number}/>`);
    else out.push(`<Value${number}>${escapeXml(String(value))}</Value>`);
  }
}

function writeName(value: JsonValue, number: string, out: string[]): void {
  out.push(`<PersonName${number}>`);
  for (const group of groups) {
    const text = isRecord(value) ? (value as JsonPersonName)[group] : undefined;
    if (text === undefined) continue;
    const parts = text.split('^');
    out.push(`<${group}>`);
    for (const [index, name] of nameParts.entries()) {
      const part = parts[index];
      if (part !== undefined && part !== '') out.push(`<${name}>${escapeXml(part)}</${name}>`);
    }
    out.push(`</${group}>`);
  }
  out.push('</PersonName>');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** XML 1.0 has no control characters but tab and line ends: they are left out. */
function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');
}

type Open = { json: DicomJson; element: JsonElement | null; name: JsonPersonName | null; parts: string[] };

/** Reads one Native DICOM Model. Hostile: no entities but the five of XML, depth and counts are limited. */
export function fromNativeXml(text: string): DicomJson {
  const root: DicomJson = {};
  const stack: Open[] = [];
  let group: (typeof groups)[number] | null = null;
  let content = '';
  let elements = 0;
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw bad(error.message.replace(/:.*$/s, ''));
  });
  parser.on('doctype', () => {
    throw bad('a document type is not taken');
  });
  parser.on('text', (piece) => {
    content += piece;
  });
  parser.on('opentag', (tag: SaxesTagPlain) => {
    content = '';
    const name = localName(tag.name);
    const top = stack.at(-1);
    if (name === 'NativeDicomModel') stack.push({ json: root, element: null, name: null, parts: [] });
    else if (top === undefined) throw bad('not a NativeDicomModel');
    else if (name === 'DicomAttribute') {
      elements += 1;
      if (elements > mostElements) throw bad('too many attributes');
      top.element = openAttribute(top.json, tag);
    } else if (name === 'Item' && top.element !== null) {
      if (stack.length > deepest) throw bad('sequences nested too deep');
      const item: DicomJson = {};
      valuesOf(top.element).push(item);
      stack.push({ json: item, element: null, name: null, parts: [] });
    } else if (name === 'BulkData' && top.element !== null) {
      const uri = tag.attributes.uri ?? tag.attributes.uuid;
      if (uri !== undefined) top.element.BulkDataURI = uri;
    } else if (name === 'PersonName') top.name = {};
    else if (isGroup(name)) {
      group = name;
      top.parts = [];
    }
  });
  parser.on('closetag', (tag) => {
    const name = localName(tag.name);
    const top = stack.at(-1);
    if (top === undefined) return;
    if (name === 'Item' || name === 'NativeDicomModel') stack.pop();
    else if (name === 'DicomAttribute') top.element = null;
    else if (name === 'Value' && top.element !== null)
      valuesOf(top.element).push(content === '' ? null : content);
    else if (name === 'InlineBinary' && top.element !== null)
      top.element.InlineBinary = content.replace(/\s+/g, '');
    else if (name === 'PersonName' && top.element !== null && top.name !== null) {
      valuesOf(top.element).push(top.name);
      top.name = null;
    } else if (isGroup(name) && top.name !== null && group !== null) {
      top.name[group] = Array.from(top.parts, (part) => part ?? '').join('^');
      group = null;
    } else if (nameParts.includes(name as (typeof nameParts)[number])) {
      top.parts[nameParts.indexOf(name as (typeof nameParts)[number])] = content;
    }
    content = '';
  });
  parser.write(text).close();
  return root;
}

function openAttribute(json: DicomJson, tag: SaxesTagPlain): JsonElement {
  const number = (tag.attributes.tag ?? '').toUpperCase();
  if (!/^[0-9A-F]{8}$/.test(number)) throw bad('an attribute without a tag');
  const element: JsonElement = { vr: tag.attributes.vr ?? 'UN' };
  json[number] = element;
  return element;
}

function valuesOf(element: JsonElement): JsonValue[] {
  element.Value ??= [];
  return element.Value;
}

function isGroup(name: string): name is (typeof groups)[number] {
  return groups.includes(name as (typeof groups)[number]);
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function bad(reason: string): AppError {
  return new AppError('request.invalid', { reason: `dicom+xml: ${reason.slice(0, 100)}` });
}
