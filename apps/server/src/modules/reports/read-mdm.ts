// MDM documents (HL7 v2.x chapter 9): T02 new, T04 status change, T06 addendum, T08 edit, T10 replacement with content;
// T11 cancels. The document number is the report's: TXA-12, of the parent (TXA-13) for addendum and replacement.
import { displayName, type Group, type Message, parseXcn } from '@yunying/hl7';
import type { Config } from '../../config.ts';
import { AppError } from '../../errors.ts';
import { first, limited, readDoctor, readItem, time } from '../orders/index.ts';
import { observationsOf, readContent } from './read-content.ts';
import { hasContent, readPerson } from './read-oru.ts';
import type { ReportFacts } from './report-facts.ts';
import type { ReportState } from './types.ts';

export async function readMdm(
  config: Pick<Config, 'reports'>,
  message: Message,
  receivedAt: Date,
): Promise<ReportFacts> {
  const txa = message.segment('TXA');
  if (txa === null) throw new AppError('hl7.field_missing', { segment: 'TXA' });
  const event = message.type.trigger.toUpperCase();
  const group = wholeMessage(message);
  const content = await readContent(config, observationsOf(group));
  const state = event === 'T11' ? 'withdrawn' : stateOf(message);
  if (!hasContent(content) && state !== 'withdrawn')
    throw new AppError('reports.content_missing', { segment: 'OBX', field: 5 });

  const ofParent = event === 'T06' || event === 'T10';
  const reportNumber = limited(
    (ofParent ? first(message, 'TXA-13.1', 'TXA-13.3') : null) ??
      first(message, 'TXA-12.1', 'TXA-12.3', 'OBR-3.1'),
  );
  if (reportNumber === null) throw new AppError('hl7.field_missing', { segment: 'TXA', field: 12 });
  const { statuses: _statuses, observer, ...parts } = content;
  const authenticatedAt = time(txa.text(22, 15));
  const written = time(first(message, 'TXA-6', 'TXA-7', 'TXA-4'));
  return {
    ...parts,
    reportNumber,
    accessionNumber: limited(first(message, 'OBR-18', 'TXA-15.1', 'OBR-3.1', 'ORC-3.1')),
    placerOrderNumber: limited(first(message, 'TXA-14.1', 'OBR-2.1', 'ORC-2.1')),
    ...itemOf(group, message),
    orderingDoctor: readDoctor(message, group),
    examAt: time(first(message, 'OBR-7', 'TXA-4')) ?? receivedAt,
    state,
    addendum: event === 'T06',
    author: personOf(message, 9) ?? readPerson(message.segment('OBR')?.field(33).at(1)) ?? observer,
    verifier:
      personOf(message, 22) ?? personOf(message, 10) ?? readPerson(message.segment('OBR')?.field(32).at(1)),
    reportedAt: written ?? time(message.get('MSH-7')) ?? receivedAt,
    verifiedAt: authenticatedAt ?? (state === 'preliminary' ? null : written),
    where: { segment: 'TXA', sequence: 1 },
  };
}

/** TXA-17 completion (table 0271) and TXA-19 availability (0273). */
function stateOf(message: Message): ReportState {
  const availability = message.get('TXA-19')?.trim().toUpperCase() ?? '';
  if (availability === 'CA' || availability === 'OB') return 'withdrawn';
  const trigger = message.type.trigger.toUpperCase();
  switch ((message.get('TXA-17') ?? '').trim().toUpperCase()) {
    case 'AU':
    case 'LA':
      return trigger === 'T10' ? 'corrected' : 'final';
    case '':
      return trigger === 'T10' || trigger === 'T06' ? 'corrected' : 'final';
    default:
      return 'preliminary';
  }
}

/** The message as one group, so that what reads an order group reads it too. */
export function wholeMessage(message: Message): Group {
  const [group] = message.groups(['MSH']);
  if (group === undefined) throw new AppError('hl7.field_missing', { segment: 'MSH' });
  return group;
}

function itemOf(group: Group, message: Message) {
  const item = readItem(group);
  return { ...item, itemName: item.itemName ?? first(message, 'TXA-16', 'TXA-2.2')?.slice(0, 200) ?? null };
}

function personOf(message: Message, field: number): string | null {
  const piece = message.segment('TXA')?.field(field).at(1);
  if (piece === undefined || piece.raw === '') return null;
  const name = displayName(parseXcn(piece)).trim() || (piece.at(1).text?.trim() ?? '');
  return name === '' ? null : name.slice(0, 100);
}
