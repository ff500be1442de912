// The fields of the node form, what they become on the wire, and what they will mean, in one sentence.
import { type NewNode, type NodeItem, nodeMays } from '@yunying/api';
import type { Translate } from '@yunying/ui';
import {
  fieldsToRules,
  fieldsToSecrets,
  type RuleFields,
  rulesToFields,
  standardRules,
} from './node-rule-fields.ts';

export type NodeFields = {
  kind: 'dicom' | 'hl7';
  name: string;
  facility: string;
  host: string;
  port: number | null;
  may: string[];
  charset: string;
  onConflict: 'refuse' | 'accept';
  rules: RuleFields;
};

export const standardFields: NodeFields = {
  kind: 'dicom',
  name: '',
  facility: '',
  host: '',
  port: null,
  may: ['store'],
  charset: '',
  onConflict: 'refuse',
  rules: standardRules,
};

export function nodeToFields(node: NodeItem): NodeFields {
  return {
    kind: node.kind,
    name: node.name,
    facility: node.facility ?? '',
    host: node.host ?? '',
    port: node.port,
    may: node.may.split(' '),
    charset: node.charset ?? '',
    onConflict: node.onConflict,
    rules: rulesToFields(node),
  };
}

/** `edited`: the node whose values the form was filled with; a form that began empty says nothing of rules. */
export function fieldsToNode(fields: NodeFields, replace: boolean, edited?: NodeItem): NewNode {
  const { kind, port } = fields;
  const host = fields.host.trim();
  const facility = fields.facility.trim();
  return {
    kind,
    name: fields.name.trim(),
    ...(kind === 'hl7' && facility !== '' ? { facility } : {}),
    ...(host === '' ? {} : { host }),
    ...(port === null ? {} : { port }),
    may: kind === 'hl7' ? ['send'] : nodeMays.filter((may) => fields.may.includes(may)),
    ...(fields.charset === '' ? {} : { charset: fields.charset }),
    onConflict: fields.onConflict,
    ...(kind === 'dicom' ? rulesOf(fields.rules, edited) : {}),
    replace,
  };
}

function rulesOf(fields: RuleFields, edited: NodeItem | undefined): Pick<NewNode, 'rules' | 'secrets'> {
  const rules = fieldsToRules(fields);
  const secrets = fieldsToSecrets(fields, edited);
  return {
    ...(edited === undefined && Object.keys(rules).length === 0 ? {} : { rules }),
    ...(Object.keys(secrets).length === 0 ? {} : { secrets }),
  };
}

/** `send` of an HL7 system is what it does; of a DICOM node, what we may do to it. */
export function mayWord(kind: NodeFields['kind'], may: string): string {
  return kind === 'dicom' && may === 'send' ? 'may.sendTo' : `may.${may}`;
}

/** What will be so after saving; null while there is nothing to say yet. */
export function consequenceOf(fields: NodeFields, t: Translate): string | null {
  const name = fields.name.trim();
  if (name === '') return null;
  const host = fields.host.trim();
  const from = host === '' ? t('nodes.fromAnywhere') : t('nodes.fromHost', { host });
  if (fields.kind === 'hl7') return t('nodes.consequenceHl7', { name, from });
  const may = nodeMays.filter((one) => fields.may.includes(one)).map((one) => t(`mayVerb.${one}`));
  return may.length === 0 ? null : t('nodes.consequence', { name, from, may: may.join(t('nodes.and')) });
}
