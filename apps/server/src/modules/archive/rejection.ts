// Why an object is not taken in: one row per reason with the status each door answers (C-STORE: PS3.4 §B.2.3,
// STOW-RS FailureReason: PS3.18 §I.2.2) and a sentence for people. Nothing here quotes a value of the object.
import { DicomError } from '@yunying/dicom';

type Row = { dimse: number; stow: number; zh: string; en: string };

const row = (dimse: number, stow: number, zh: string, en: string): Row => ({ dimse, stow, zh, en });

export const rejectionTable = {
  'color-palette': row(0xc001, 0xc001, '标准伪彩色表不属于任何检查', 'A colour palette belongs to no study.'),
  damaged: row(0xc002, 0xc002, '文件结构损坏，无法读出', 'The data set is damaged and cannot be read.'),
  dicomdir: row(
    0xc003,
    0xc003,
    '这是光盘目录（DICOMDIR），不是影像',
    'This is a media directory (DICOMDIR), not an instance.',
  ),
  'instance-conflict': row(
    0xc004,
    0x0111,
    '同一影像编号已有内容不同的影像',
    'The same SOP Instance UID is stored with other content.',
  ),
  'instance-elsewhere': row(
    0xc005,
    0xc005,
    '同一序列或影像编号已属于另一检查',
    'The same series UID belongs to another study.',
  ),
  'missing-uid': row(
    0xa901,
    0xa901,
    '缺少检查、序列或影像编号',
    'A study, series or instance UID is missing.',
  ),
  'bad-uid': row(
    0xa902,
    0xa902,
    '检查、序列或影像编号的写法不合规则',
    'A study, series or instance UID is not a valid UID.',
  ),
  'not-dicom': row(0xc006, 0xc006, '不是 DICOM 文件', 'This is not a DICOM object.'),
  'not-storage': row(0x0122, 0x0122, '这种对象不是可存储的类型', 'This SOP Class is not a storage class.'),
  'over-limit': row(
    0xc007,
    0xc007,
    '文件头超出允许的长度、层数或数量',
    'A length, depth or count passes the limit.',
  ),
  truncated: row(0xc008, 0xc008, '文件不完整，末尾缺失', 'The object is cut short.'),
  'uid-mismatch': row(
    0xa900,
    0xa900,
    '传输命令与对象内的编号不一致',
    'The UIDs of the command and of the data set differ.',
  ),
  'unknown-transfer-syntax': row(0xc009, 0xc122, '不认识的传输语法', 'The transfer syntax is not known.'),
} as const satisfies Record<string, Row>;

export type RejectionCode = keyof typeof rejectionTable;

/** Thrown inside the archive once the whole object has arrived; never leaves the module. */
export class Rejection extends Error {
  override readonly name = 'Rejection';
  readonly code: RejectionCode;
  readonly detail: string | null;

  constructor(code: RejectionCode, detail: string | null = null) {
    super(detail === null ? rejectionTable[code].en : `${rejectionTable[code].en} ${detail}`);
    this.code = code;
    this.detail = detail;
  }
}

/** The parser's verdict in our words; its own sentence (tags, lengths, offsets) stays as the detail. */
export function rejectionOf(error: DicomError): Rejection {
  return new Rejection(codeOf(error), error.message);
}

function codeOf(error: DicomError): RejectionCode {
  switch (error.code) {
    case 'not-dicom':
    case 'missing-meta':
      return 'not-dicom';
    case 'truncated':
      return 'truncated';
    case 'length-over-limit':
    case 'depth-over-limit':
    case 'items-over-limit':
    case 'elements-over-limit':
      return 'over-limit';
    case 'unknown-transfer-syntax':
      return 'unknown-transfer-syntax';
    case 'missing-uid':
      return 'missing-uid';
    default:
      return 'damaged';
  }
}

export function isDicomError(error: unknown): error is DicomError {
  return error instanceof DicomError;
}

/** What a person reads in the list of things kept aside: Chinese first, then where exactly. */
export function rejectionSentence(code: RejectionCode, detail: string | null): string {
  const { zh } = rejectionTable[code];
  return detail === null ? `${zh}。` : `${zh}：${detail}`;
}
