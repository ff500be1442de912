// The people of the demo. All of them, their numbers and their phones are invented (see LICENCES.md).
export type DemoPatient = {
  patientId: string;
  /** As PID-5 and (0010,0010) carry it: family^given in ideographs, and the alphabetic group for DICOM. */
  familyName: string;
  givenName: string;
  alphabetic: string;
  sex: 'M' | 'F';
  birthDate: string;
  identityType: '01' | '03';
  identityNo: string;
  phone: string;
  address: string;
};

/** GB 11643 number of an invented person: the check digit is computed so that the platform accepts it. */
const residentNumber = (birthDate: string, sequence: string): string => {
  const body = `450000${birthDate}${sequence}`;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((total, weight, i) => total + weight * Number(body[i]), 0);
  return body + '10X98765432'[sum % 11];
};

export const patients = {
  wei: {
    patientId: 'YY100001',
    familyName: '韦',
    givenName: '国强',
    alphabetic: 'Wei^Guoqiang',
    sex: 'M',
    birthDate: '19640312',
    identityType: '01',
    identityNo: residentNumber('19640312', '001'),
    phone: '19900010001',
    address: '广西壮族自治区虚拟市云影路1号',
  },
  qin: {
    patientId: 'YY100002',
    familyName: '覃',
    givenName: '小梅',
    alphabetic: 'Qin^Xiaomei',
    sex: 'F',
    birthDate: '19810925',
    identityType: '01',
    identityNo: residentNumber('19810925', '002'),
    phone: '19900010002',
    address: '广西壮族自治区虚拟市云影路2号',
  },
  aygul: {
    patientId: 'YY100003',
    familyName: '阿依古丽·买买提',
    givenName: '',
    alphabetic: 'Ayguli^Maimaiti',
    sex: 'F',
    birthDate: '19580701',
    identityType: '01',
    identityNo: residentNumber('19580701', '004'),
    phone: '19900010003',
    address: '虚拟市民族大道3号',
  },
  wangYan: {
    patientId: 'YY100004',
    familyName: '王',
    givenName: '䶮',
    alphabetic: 'Wang^Yan',
    sex: 'M',
    birthDate: '20190606',
    identityType: '01',
    identityNo: residentNumber('20190606', '003'),
    phone: '19900010004',
    address: '虚拟市学园街4号',
  },
  jerome: {
    patientId: 'YY100005',
    familyName: 'Buc',
    givenName: 'Jérôme',
    alphabetic: 'Buc^Jérôme',
    sex: 'M',
    birthDate: '19750214',
    identityType: '03',
    identityNo: 'X12345678',
    phone: '19900010005',
    address: '虚拟市外事路5号',
  },
} satisfies Record<string, DemoPatient>;
export type PatientKey = keyof typeof patients;
