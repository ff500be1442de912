// Chinese words every app shows: codes of the wire (packages/api) and the sentences of the shared parts.
export const zhCn = {
  'ui.back': '返回',
  'ui.close': '关闭',
  'ui.retry': '重试',
  'ui.loading': '正在加载',
  'ui.languageToggle': 'EN',
  'ui.languageToggleLabel': 'EN, switch to English',
  'ui.typeLarge': 'A+',
  'ui.typeNormal': 'A',
  'ui.typeLargeLabel': 'A+ 使用大字',
  'ui.typeNormalLabel': 'A 使用标准字号',
  'ui.offline': '网络已断开，恢复后会自动继续。',
  'ui.today': '今天 {{time}}',

  'problem.title': '暂时无法显示',
  'problem.network': '网络连接不畅，请检查网络后重试。',
  'problem.unexpected': '页面出现问题，请重试；仍不行请联系医院。',
  'problem.trace': '编号 {{id}}',

  'examType.RAD': '放射',
  'examType.US': '超声',
  'examType.ES': '内镜',
  'examType.PATH': '病理',
  'examType.ECG': '心电',
  'examType.DENT': '口腔',
  'examType.PETCT': 'PET/CT',
  'examType.NM': '核医学',
  'examType.OPH': '眼科',
  'examType.OTHER': '其他',

  'examStatus.requested': '已申请',
  'examStatus.scheduled': '已预约',
  'examStatus.registered': '已登记',
  'examStatus.examined': '已检查',
  'examStatus.reported': '已报告',
  'examStatus.verified': '已审核',
  'examStatus.published': '已发布',
  'examStatus.revised': '已修订',
  'examStatus.withdrawn': '已撤回',
  'examStatus.cancelled': '已作废',

  'reportState.preliminary': '初步报告',
  'reportState.final': '正式报告',
  'reportState.corrected': '更正报告',
  'reportState.withdrawn': '已撤回',

  'sex.0': '性别未知',
  'sex.1': '男',
  'sex.2': '女',
  'sex.9': '性别未说明',
};

export type UiWord = keyof typeof zhCn;
