// A clinical document (HL7 CDA R2) as Encapsulated CDA (PS3.3 A.45.2): an invented discharge summary in Chinese, with
// the sections, lists and tables that hospitals write. The feed writes the invented patient over its DICOM head.
import { createDataset, encodeDataset, setValue, writePart10 } from '@yunying/dicom';

const encapsulatedCda = '1.2.840.10008.5.1.4.1.1.104.2';
const explicitLittleEndian = '1.2.840.10008.1.2.1';
const instanceUid = '1.2.826.0.1.3680043.10.3';

export function makeCdaObject(): Uint8Array {
  const dataset = createDataset();
  const text = new TextEncoder().encode(dischargeSummary);
  setValue(dataset, 'SpecificCharacterSet', 'ISO_IR 192');
  setValue(dataset, 'SOPClassUID', encapsulatedCda);
  setValue(dataset, 'SOPInstanceUID', instanceUid);
  setValue(dataset, 'Modality', 'DOC');
  setValue(dataset, 'ConversionType', 'WSD');
  setValue(dataset, 'Manufacturer', 'Yunying demo');
  setValue(dataset, 'StudyInstanceUID', `${instanceUid}.1`);
  setValue(dataset, 'SeriesInstanceUID', `${instanceUid}.2`);
  setValue(dataset, 'SeriesNumber', '1');
  setValue(dataset, 'SeriesDescription', '出院小结');
  setValue(dataset, 'InstanceNumber', '1');
  setValue(dataset, 'BurnedInAnnotation', 'YES');
  setValue(dataset, 'DocumentTitle', '出院小结');
  setValue(dataset, 'HL7InstanceIdentifier', '2.16.156.10011.2.4^YY100001-CX');
  setValue(dataset, 'MIMETypeOfEncapsulatedDocument', 'text/XML');
  // Even length (PS3.5 §7.1.1): a space after the last tag is white space of XML.
  const even = new Uint8Array(text.length + (text.length % 2)).fill(0x20);
  even.set(text);
  setValue(dataset, 'EncapsulatedDocument', even, 'OB');
  return writePart10(
    { sopClassUid: encapsulatedCda, sopInstanceUid: instanceUid, transferSyntaxUid: explicitLittleEndian },
    encodeDataset(dataset, explicitLittleEndian),
  );
}

const section = (title: string, content: string) =>
  `<component><section><title>${title}</title><text>${content}</text></section></component>`;
const row = (...cells: string[]) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;

const dischargeSummary = `<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3">
  <typeId root="2.16.840.1.113883.1.3" extension="POCD_MT000040"/>
  <id root="2.16.156.10011.2.4" extension="YY100001-CX"/>
  <title>出院小结</title>
  <effectiveTime value="20260820"/>
  <recordTarget><patientRole><id root="2.16.156.10011.1.2" extension="YY100001"/>
    <patient><name>韦国强</name></patient></patientRole></recordTarget>
  <custodian><assignedCustodian><representedCustodianOrganization><name>云影示范医院</name></representedCustodianOrganization></assignedCustodian></custodian>
  <component><structuredBody>
    ${section('入院情况', '<paragraph>患者因“上腹部隐痛两周”入院。入院查体：腹软，剑突下轻压痛，无反跳痛。</paragraph>')}
    ${section(
      '检查结果',
      `<table><tr><th>项目</th><th>结果</th><th>参考范围</th></tr>${row('血红蛋白', '142 g/L', '130–175')}${row('白细胞', '6.2 ×10⁹/L', '3.5–9.5')}${row('碳13呼气试验', '阳性', '阴性')}</table>`,
    )}
    ${section('诊疗经过', '<paragraph>行电子胃镜检查，胃窦前壁见一处约 0.5 cm 溃疡，取活检 2 块；病理未见肿瘤性病变。予抑酸及根除治疗，症状缓解。</paragraph>')}
    ${section('出院诊断', '<list><item>胃窦溃疡（A1 期）</item><item>幽门螺杆菌感染</item></list>')}
    ${section('出院医嘱', '<list><item>继续服药 14 天，按时进餐，忌烟酒。</item><item>停药 4 周后复查碳13呼气试验。</item><item>8 周后门诊复查胃镜。</item></list>')}
  </structuredBody></component>
</ClinicalDocument>
`;
