// The texts of our messages, as a gateway has them approved. No diagnosis, no full name, no hospital number.
// What the table sms_message keeps is the same text with link and log-in codes blotted out.

export type Template =
  | 'report-ready'
  | 'report-revised'
  | 'report-withdrawn'
  | 'login-code'
  | 'record-opened';
export type Params = Readonly<Record<string, string>>;

const texts: Record<Template, string> = {
  'report-ready': '【{hospital}】{name}您好，您{date}的{item}报告已完成，点击查看：{url}（链接请勿转发）',
  'report-revised':
    '【{hospital}】{name}您好，您{date}的{item}报告已更正，请以新报告为准，点击查看：{url}（链接请勿转发）',
  'report-withdrawn':
    '【{hospital}】{name}您好，您{date}的{item}报告已撤回，请等待医院的新报告或咨询检查科室。点击查看：{url}（链接请勿转发）',
  'record-opened':
    '【{hospital}】您好，您的就诊资料于{date}因诊疗需要被医务人员紧急查阅，院方将复核。如有疑问请联系医院。',
  'login-code': '【{hospital}】您的验证码是{code}，{minutes}分钟内有效，用于查看检查报告。请勿告诉他人。',
};

export function renderText(template: Template, params: Params): string {
  return texts[template].replace(/\{(\w+)\}/g, (_all, name: string) => {
    const value = params[name];
    if (value === undefined) throw new Error(`template ${template} wants the parameter ${name}`);
    return value;
  });
}

/** The text for our own books. */
export function renderKept(template: Template, params: Params): string {
  const { url, code, ...rest } = params;
  return renderText(template, {
    ...rest,
    ...(url === undefined ? {} : { url: url.replace(/[^/]+$/, '******') }),
    ...(code === undefined ? {} : { code: '******' }),
  });
}
