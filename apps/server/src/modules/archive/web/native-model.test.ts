// The XML form of a data set holds what its JSON form holds.
import { createDataset, fromDicomJson, setCharset, setValue, toDicomJson } from '@yunying/dicom';
import { describe, expect, it } from 'vitest';
import { fromNativeXml, toNativeXml } from './native-model.ts';

describe('the Native DICOM Model', () => {
  it('carries text, Chinese names, numbers, sequences, binary values and addresses there and back', () => {
    const dataset = createDataset();
    setCharset(dataset, 'ISO_IR 192');
    setValue(dataset, 'PatientName', 'Wang^Xiao Dong=王^小东=wang^xiaodong');
    setValue(dataset, 'StudyDescription', 'a < b & "c" > d');
    setValue(dataset, 'ImageType', ['ORIGINAL', '', 'AXIAL']);
    setValue(dataset, 'Rows', 512);
    setValue(dataset, 'ICCProfile', Uint8Array.of(1, 2, 3, 4));
    const item = createDataset(dataset);
    setValue(item, 'CodeMeaning', '胸部');
    setValue(dataset, 'ProcedureCodeSequence', [item]);
    const json = toDicomJson(dataset);
    json['7FE00010'] = { vr: 'OW', BulkDataURI: '/x?a=1&b=2' };
    const back = fromNativeXml(toNativeXml(json));
    expect(back['7FE00010']).toEqual(json['7FE00010']);
    delete json['7FE00010'];
    expect(toDicomJson(fromDicomJson(back))).toEqual(json);
  });

  it('refuses a document type, a wrong root, too deep nesting and broken XML', () => {
    for (const text of [
      '<!DOCTYPE x [<!ENTITY a "b">]><NativeDicomModel/>',
      '<other/>',
      '<NativeDicomModel>',
    ])
      expect(() => fromNativeXml(text)).toThrow();
    const deep = '<DicomAttribute tag="00081140" vr="SQ"><Item number="1">'.repeat(100);
    expect(() => fromNativeXml(`<NativeDicomModel>${deep}`)).toThrow();
  });
});
