// The examinations of the demo: which folder of pictures, through which door, in which character set, for whom, with
// which order and report. Dates are fixed, so that feeding the same directory twice sends the same bytes.
import type { PatientKey } from './patients.ts';

export type DemoCase = {
  key: string;
  /** Folder under studies/, or 'dental', 'endoscopy-video' and 'cda', which the feed makes. */
  folder: string;
  door: 'c-store' | 'stow';
  /** (0008,0005) of what is sent; 'undeclared-gbk' writes GBK bytes and declares ISO_IR 100, as old modalities do. */
  charset: 'ISO_IR 192' | 'GB18030' | 'undeclared-gbk';
  hl7Charset: 'GB18030' | 'UNICODE UTF-8';
  patient: PatientKey;
  accessionNumber: string;
  /** Modality of the order (OBR-24). */
  modality: string;
  /** What the pictures are sent as, where the source's own values are only a test's. */
  sentAs?: { modality: string; sopClassUid?: string };
  itemCode: string;
  itemName: string;
  department: { code: string; name: string };
  orderingDoctor: string;
  examAt: string;
  report: null | {
    form: 'text' | 'pdf' | 'jpeg';
    findings: string;
    impression: string;
    author: string;
    verifier: string;
    /** A later correction, sent as a second ORU with result status C. */
    correctedImpression?: string;
  };
};

const radiology = { code: '32', name: '医学影像科' };
const ultrasound = { code: '3205', name: '超声医学科' };
const endoscopy = { code: '0306', name: '消化内镜中心' };
const pathology = { code: '31', name: '病理科' };
const ecgRoom = { code: '3206', name: '心电图室' };
const dental = { code: '12', name: '口腔科' };
const nuclear = { code: '3204', name: '核医学科' };
const cardiology = { code: '0304', name: '心血管内科' };

export const cases: DemoCase[] = [
  {
    key: 'ct-head',
    folder: 'ct-head',
    door: 'c-store',
    charset: 'GB18030',
    hl7Charset: 'GB18030',
    patient: 'wei',
    accessionNumber: 'CT2026112001',
    modality: 'CT',
    itemCode: 'CT001',
    itemName: '头颅CT平扫',
    department: radiology,
    orderingDoctor: '黄志远',
    examAt: '20261120093000',
    report: {
      form: 'text',
      findings:
        '扫描范围自颅底至颅顶，层厚1mm，层间距1mm。双侧大脑半球对称，灰白质分界清楚，脑实质内未见明确异常密度影。脑室系统大小、形态正常，中线结构居中。脑沟、脑裂未见增宽。小脑、脑干未见异常。颅骨骨质结构完整，未见骨折征象。所示双侧上颌窦、筛窦黏膜轻度增厚。',
      impression:
        '1. 头颅CT平扫未见明显异常。\n2. 双侧上颌窦、筛窦轻度炎症。\n请结合临床，必要时MR进一步检查。',
      author: '李文静',
      verifier: '陈建平',
    },
  },
  {
    key: 'mr-head',
    folder: 'mr-head-t1',
    door: 'stow',
    charset: 'ISO_IR 192',
    hl7Charset: 'UNICODE UTF-8',
    patient: 'qin',
    accessionNumber: 'MR2026111801',
    modality: 'MR',
    itemCode: 'MR001',
    itemName: '头颅MR三维T1平扫',
    department: radiology,
    orderingDoctor: '黄志远',
    examAt: '20261118143000',
    report: {
      form: 'pdf',
      findings:
        '三维T1梯度回波矢状位薄层扫描。双侧大脑半球对称，脑实质内未见异常信号影。脑室、脑池大小形态正常，中线结构居中。垂体大小正常，垂体柄居中。小脑扁桃体位置正常。颅骨板障信号未见异常。',
      impression: '头颅MR三维T1平扫未见明显异常。',
      author: '周敏',
      verifier: '陈建平',
    },
  },
  {
    key: 'pet-ct',
    folder: 'pet-ct',
    door: 'c-store',
    charset: 'ISO_IR 192',
    hl7Charset: 'GB18030',
    patient: 'wei',
    accessionNumber: 'PT2025090301',
    modality: 'PT',
    itemCode: 'PT001',
    itemName: '全身PET/CT显像',
    department: nuclear,
    orderingDoctor: '梁海燕',
    examAt: '20250903101500',
    report: {
      form: 'text',
      findings:
        '静脉注射18F-FDG后60分钟行PET/CT显像。所示层面放射性分布未见异常浓聚灶。双肺纹理清晰，纵隔内未见肿大淋巴结。肝、脾放射性分布均匀。所示骨骼未见异常放射性浓聚。',
      impression: '所示范围PET/CT显像未见明确高代谢病灶。',
      author: '何佳',
      verifier: '农国栋',
    },
  },
  {
    key: 'us-heart',
    folder: 'us-cine',
    door: 'c-store',
    charset: 'undeclared-gbk',
    hl7Charset: 'GB18030',
    patient: 'wei',
    accessionNumber: 'US2026101502',
    modality: 'US',
    itemCode: 'US010',
    itemName: '超声心动图',
    department: ultrasound,
    orderingDoctor: '苏晓东',
    examAt: '20261015092000',
    report: {
      form: 'jpeg',
      findings:
        '各房室腔大小正常。室间隔及左室壁厚度正常，运动协调。各瓣膜形态及启闭未见异常。左室射血分数62%。心包腔未见积液。',
      impression: '心脏结构及功能未见明显异常。',
      author: '吴倩',
      verifier: '莫丽华',
    },
  },
  {
    key: 'us-abdomen',
    folder: 'us-colour',
    door: 'stow',
    charset: 'ISO_IR 192',
    hl7Charset: 'UNICODE UTF-8',
    patient: 'qin',
    accessionNumber: 'US2026111002',
    modality: 'US',
    itemCode: 'US001',
    itemName: '腹部彩色多普勒超声',
    department: ultrasound,
    orderingDoctor: '苏晓东',
    examAt: '20261110105000',
    report: {
      form: 'text',
      findings:
        '肝脏大小形态正常，包膜光滑，实质回声均匀。胆囊大小正常，壁光滑，腔内未见异常回声。胰腺、脾脏未见异常。',
      impression: '肝、胆、胰、脾未见明显异常。',
      author: '吴倩',
      verifier: '莫丽华',
      correctedImpression: '1. 肝、胆、胰、脾未见明显异常。\n2. 建议半年后复查（补充说明）。',
    },
  },
  {
    key: 'mg',
    folder: 'mg',
    door: 'c-store',
    charset: 'ISO_IR 192',
    hl7Charset: 'GB18030',
    patient: 'qin',
    accessionNumber: 'MG2026060501',
    modality: 'MG',
    itemCode: 'MG001',
    itemName: '乳腺X线摄影',
    department: radiology,
    orderingDoctor: '覃丽',
    examAt: '20260605150000',
    report: {
      form: 'text',
      findings: '乳腺呈散在纤维腺体型。所示乳腺内未见明确肿块及可疑钙化。皮肤、乳头未见异常。',
      impression: '乳腺X线摄影未见明显异常，BI-RADS 1类。建议年度复查。',
      author: '周敏',
      verifier: '陈建平',
    },
  },
  {
    key: 'nm-heart',
    folder: 'nm-heart',
    door: 'c-store',
    charset: 'GB18030',
    hl7Charset: 'GB18030',
    patient: 'aygul',
    accessionNumber: 'NM2026110301',
    modality: 'NM',
    itemCode: 'NM001',
    itemName: '门控心肌灌注显像',
    department: nuclear,
    orderingDoctor: '苏晓东',
    examAt: '20261103083000',
    report: {
      form: 'text',
      findings: '静息门控显像13帧。左室心肌各壁放射性分布基本均匀，未见明显稀疏或缺损区。室壁运动协调。',
      impression: '静息心肌灌注显像未见明显异常。',
      author: '何佳',
      verifier: '农国栋',
    },
  },
  {
    key: 'xa-coronary',
    folder: 'xa-coronary',
    door: 'c-store',
    charset: 'ISO_IR 192',
    hl7Charset: 'UNICODE UTF-8',
    patient: 'aygul',
    accessionNumber: 'XA2026110501',
    modality: 'XA',
    itemCode: 'XA001',
    itemName: '冠状动脉造影',
    department: cardiology,
    orderingDoctor: '苏晓东',
    examAt: '20261105160000',
    report: {
      form: 'text',
      findings:
        '经右桡动脉穿刺，行选择性冠状动脉造影。左主干未见狭窄，前降支中段可见局限性狭窄，约50%。回旋支、右冠状动脉未见明显狭窄。',
      impression: '冠状动脉粥样硬化，前降支中段狭窄约50%。建议药物治疗，定期随访。',
      author: '苏晓东',
      verifier: '韩雪',
    },
  },
  {
    key: 'endoscopy',
    folder: 'endoscopy',
    door: 'stow',
    charset: 'ISO_IR 192',
    hl7Charset: 'GB18030',
    patient: 'wei',
    accessionNumber: 'ES2026081201',
    modality: 'ES',
    sentAs: { modality: 'ES', sopClassUid: '1.2.840.10008.5.1.4.1.1.77.1.1' },
    itemCode: 'ES001',
    itemName: '电子胃镜检查',
    department: endoscopy,
    orderingDoctor: '廖永生',
    examAt: '20260812090000',
    report: {
      form: 'text',
      findings:
        '食管黏膜光滑，血管纹理清晰。胃窦前壁近幽门处可见一处约0.5cm溃疡，周边黏膜充血水肿，取活检2块。十二指肠球部及降部未见异常。',
      impression: '胃窦溃疡（A1期），待病理。建议规范治疗后复查胃镜。',
      author: '廖永生',
      verifier: '廖永生',
    },
  },
  {
    key: 'pathology',
    folder: 'pathology',
    door: 'c-store',
    charset: 'ISO_IR 192',
    hl7Charset: 'UNICODE UTF-8',
    patient: 'wei',
    accessionNumber: 'PA2026081401',
    modality: 'SM',
    itemCode: 'PA001',
    itemName: '胃镜活检组织病理检查',
    department: pathology,
    orderingDoctor: '廖永生',
    examAt: '20260814110000',
    report: {
      form: 'text',
      findings: '送检（胃窦）黏膜组织2块，镜下见黏膜慢性炎细胞浸润，局部糜烂，腺体排列规则，未见异型增生。',
      impression: '（胃窦）黏膜慢性活动性炎伴糜烂，未见肿瘤性病变。',
      author: '石磊',
      verifier: '罗春燕',
    },
  },
  {
    key: 'ecg',
    folder: 'ecg',
    door: 'c-store',
    charset: 'GB18030',
    hl7Charset: 'GB18030',
    patient: 'wei',
    accessionNumber: 'EC2026112002',
    modality: 'ECG',
    itemCode: 'EC001',
    itemName: '十二导联同步心电图',
    department: ecgRoom,
    orderingDoctor: '黄志远',
    examAt: '20261120100500',
    report: {
      form: 'text',
      findings: '窦性心律，心率、PR间期、QRS时限、QT间期在正常范围。',
      impression: '窦性心律，大致正常心电图。',
      author: '韩雪',
      verifier: '韩雪',
    },
  },
  {
    key: 'dental',
    folder: 'dental',
    door: 'stow',
    charset: 'ISO_IR 192',
    hl7Charset: 'UNICODE UTF-8',
    patient: 'wei',
    accessionNumber: 'DE2024051601',
    modality: 'IO',
    itemCode: 'DE001',
    itemName: '口腔全景片',
    department: dental,
    orderingDoctor: '邓小红',
    examAt: '20240516143000',
    report: {
      form: 'text',
      findings: '（演示用绘制图像）全口牙列可见，右下第一磨牙可见充填物影，双侧颞下颌关节对称。',
      impression: '右下第一磨牙充填术后改变。',
      author: '邓小红',
      verifier: '邓小红',
    },
  },
  {
    key: 'encapsulated-pdf',
    folder: 'pdf',
    door: 'c-store',
    charset: 'GB18030',
    hl7Charset: 'GB18030',
    patient: 'wangYan',
    accessionNumber: 'DO2026111901',
    modality: 'DOC',
    itemCode: 'OP001',
    itemName: '眼科检查资料（PDF文档）',
    department: { code: '10', name: '眼科' },
    orderingDoctor: '冯思远',
    examAt: '20261119103000',
    report: {
      form: 'text',
      findings: '资料随检查上传，见影像部分的文档。',
      impression: '双眼未见明显异常，请结合临床。',
      author: '冯思远',
      verifier: '冯思远',
    },
  },
  {
    key: 'dr-chest',
    folder: 'dr-chest',
    door: 'c-store',
    charset: 'ISO_IR 192',
    hl7Charset: 'GB18030',
    patient: 'aygul',
    accessionNumber: 'DR2026110201',
    modality: 'DR',
    itemCode: 'DR001',
    itemName: '胸部正位片',
    department: radiology,
    orderingDoctor: '苏晓东',
    examAt: '20261102101500',
    report: {
      form: 'text',
      findings:
        '胸廓对称，双肺野见多发大小不等类圆形结节及团块影，边界较清，以中下肺野为著。双肺门影结构欠清，纵隔居中，心影不大。双膈面光整，肋膈角锐利。',
      impression: '双肺多发结节及团块影，转移瘤可能。建议胸部CT增强检查。',
      author: '李文静',
      verifier: '陈建平',
    },
  },
  {
    key: 'cda',
    folder: 'cda',
    door: 'stow',
    charset: 'ISO_IR 192',
    hl7Charset: 'UNICODE UTF-8',
    patient: 'wei',
    accessionNumber: 'DO2026082001',
    modality: 'DOC',
    itemCode: 'OP002',
    itemName: '出院小结（CDA文档）',
    department: { code: '0306', name: '消化内科' },
    orderingDoctor: '廖永生',
    examAt: '20260820093000',
    report: {
      form: 'text',
      findings: '出院小结随检查上传，见影像部分的文档。',
      impression: '胃窦溃疡（A1期）；幽门螺杆菌感染。',
      author: '廖永生',
      verifier: '廖永生',
    },
  },
  {
    key: 'sr',
    folder: 'sr',
    door: 'stow',
    charset: 'ISO_IR 192',
    hl7Charset: 'UNICODE UTF-8',
    patient: 'jerome',
    accessionNumber: 'SR2026111701',
    modality: 'SR',
    itemCode: 'CT009',
    itemName: '结构化报告示例',
    department: radiology,
    orderingDoctor: '黄志远',
    examAt: '20261117112000',
    report: null,
  },
  {
    key: 'endoscopy-video',
    folder: 'endoscopy-video',
    door: 'c-store',
    charset: 'ISO_IR 192',
    hl7Charset: 'UNICODE UTF-8',
    patient: 'jerome',
    accessionNumber: 'ES2026111702',
    modality: 'ES',
    itemCode: 'ES002',
    itemName: '电子结肠镜检查（动态图像）',
    department: endoscopy,
    orderingDoctor: '廖永生',
    examAt: '20261117150000',
    report: {
      form: 'text',
      findings: '循腔进镜至回盲部，所见黏膜光滑，血管纹理清晰，未见溃疡及新生物。',
      impression: '结肠镜检查未见明显异常。',
      author: '廖永生',
      verifier: '廖永生',
    },
  },
];
