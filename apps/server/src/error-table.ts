// Every error the platform answers with: one row per code, alphabetical inside each group. Edges map a row
// to their protocol (HTTP status, DIMSE status of PS3.7 Annex C, HL7 acknowledgement); nobody else writes
// a status number. `retry` says whether trying the same again later can help (jobs, senders). The two
// sentences are for people: they say what happened and what to do, never who the patient is.

export type ErrorRow = {
  http: number;
  dimse: number;
  hl7: 'AE' | 'AR';
  retry: boolean;
  zh: string;
  en: string;
};

function row(
  http: number,
  dimse: number,
  retry: boolean,
  zh: string,
  en: string,
  hl7: 'AE' | 'AR' = 'AE',
): ErrorRow {
  return { http, dimse, hl7, retry, zh, en };
}

export const errorTable = {
  // request
  'request.body_too_large': row(
    413,
    0xa700,
    false,
    '提交的内容过大。',
    'The request body is too large.',
    'AR',
  ),
  'request.invalid': row(400, 0xa900, false, '请求的内容不符合要求。', 'The request is not valid.', 'AR'),
  'request.media_type': row(
    415,
    0x0122,
    false,
    '不支持这种内容类型。',
    'This media type is not supported.',
    'AR',
  ),
  'request.method': row(
    405,
    0x0211,
    false,
    '此地址不支持这种操作。',
    'This method is not allowed here.',
    'AR',
  ),
  'request.not_acceptable': row(
    406,
    0x0122,
    false,
    '无法按要求的格式返回内容。',
    'None of the accepted media types can be given.',
  ),
  'request.not_found': row(404, 0x0112, false, '没有找到所请求的内容。', 'There is nothing at this address.'),
  'request.range': row(
    416,
    0x0106,
    false,
    '请求的字节范围不存在。',
    'The requested byte range does not exist.',
  ),
  'request.too_many': row(
    429,
    0xa700,
    true,
    '操作过于频繁，请稍后再试。',
    'Too many requests. Please wait a moment.',
  ),

  // protect
  'protect.already_decided': row(409, 0x0110, false, '该申请已有结论。', 'This request was decided already.'),
  'protect.not_needed': row(
    409,
    0x0110,
    false,
    '您已有权查看该患者，无需紧急开启。',
    'You may see this patient already: there is nothing to open.',
  ),
  'protect.number_ambiguous': row(
    409,
    0x0110,
    false,
    '该号码对应多名患者，请改用检查号。',
    'Several patients have this number: use the accession number.',
  ),
  'protect.own_request': row(
    403,
    0x0124,
    false,
    '须由另一人审批：不能审批自己的申请或给自己的授权。',
    'A second person decides: not who asked, and not whom it is for.',
  ),

  // rights
  'rights.already_decided': row(409, 0x0110, false, '该授权已有结论。', 'This grant was decided already.'),
  'rights.not_for_administrators': row(
    409,
    0x0110,
    false,
    '管理员账号的权限固定，不能另外授权，也不能给自己授权。',
    'An administrator has fixed permissions and takes no grants, not even from itself.',
  ),
  'rights.role_in_use': row(
    409,
    0x0110,
    false,
    '仍有授权使用此角色，请先收回。',
    'Grants still use this role: take them back first.',
  ),
  'rights.second_person': row(
    403,
    0x0124,
    false,
    '须由另一名安全管理员批准。',
    'Another security administrator must approve this.',
  ),
  'rights.too_late': row(
    409,
    0x0110,
    false,
    '收回已超过 10 分钟，请重新授权。',
    'It was taken back more than ten minutes ago: give a new grant.',
  ),

  // access
  'access.foreign_page': row(
    403,
    0x0124,
    false,
    '此操作只能从本平台的页面发起。',
    'This can only be done from a page of this platform.',
    'AR',
  ),
  'access.forbidden': row(
    403,
    0x0124,
    false,
    '您没有权限查看或执行此操作。',
    'You are not allowed to see or do this.',
    'AR',
  ),
  'access.locked': row(
    429,
    0x0124,
    true,
    '尝试次数过多，请稍后再试。',
    'Too many wrong tries. Please try again later.',
    'AR',
  ),
  'access.must_change_password': row(
    403,
    0x0124,
    false,
    '请先修改密码。',
    'Please set a new password first.',
    'AR',
  ),
  'access.unauthenticated': row(401, 0x0124, false, '请先登录。', 'Please sign in first.', 'AR'),

  // accounts
  'accounts.login_failed': row(
    401,
    0x0124,
    false,
    '登录名或密码不正确。',
    'The login name or password is not correct.',
    'AR',
  ),
  'accounts.name_taken': row(
    409,
    0x0110,
    false,
    '这个名称已经使用过，请换一个。',
    'This name is or was in use. Please choose another.',
  ),
  'accounts.old_password_wrong': row(
    403,
    0x0124,
    false,
    '原密码不正确。',
    'The old password is not correct.',
    'AR',
  ),
  'accounts.one_time_expired': row(
    403,
    0x0124,
    false,
    '一次性密码已过期，请联系管理员重置。',
    'The one-time password has expired. Ask an administrator to reset it.',
    'AR',
  ),
  'accounts.password_weak': row(
    422,
    0x0110,
    false,
    '新密码不符合要求。',
    'The new password does not satisfy the rules.',
  ),

  // entry: a patient's way in
  'entry.code_wrong': row(
    403,
    0x0124,
    false,
    '验证码不正确，请重新输入。',
    'The code is not correct. Please try again.',
    'AR',
  ),
  'entry.code_expired': row(
    403,
    0x0124,
    false,
    '验证码已失效，请重新获取。',
    'The code is no longer valid. Please ask for a new one.',
    'AR',
  ),
  'entry.factor_absent': row(
    409,
    0x0110,
    false,
    '此链接不能使用这种验证方式。',
    'This way of proving who you are is not available for this link.',
  ),
  'entry.identity_wrong': row(
    403,
    0x0124,
    false,
    '姓名或证件号码后六位不正确，请重新输入。',
    'The name or the last six of the document is not correct. Please try again.',
    'AR',
  ),
  'entry.link_unknown': row(
    404,
    0x0112,
    false,
    '链接无效或已过期，请使用最新短信中的链接。',
    'This link is not valid or has expired. Please use the link of the latest message.',
  ),
  'entry.locked': row(
    429,
    0x0124,
    true,
    '尝试次数过多，请稍后再试。',
    'Too many wrong tries. Please try again later.',
    'AR',
  ),
  'entry.sms_too_many': row(
    429,
    0x0124,
    true,
    '验证码发送过于频繁，请稍后再试。',
    'Codes were sent too often. Please wait a moment.',
    'AR',
  ),

  // notify
  'notify.gateway_absent': row(
    503,
    0x0110,
    true,
    '短信服务尚未配置，请使用其他方式验证身份。',
    'No SMS gateway is configured. Please use another way.',
  ),
  'notify.gateway_failed': row(
    503,
    0x0110,
    true,
    '短信暂时无法发送，请稍后再试。',
    'The SMS could not be sent. Please try again later.',
  ),

  // archive
  'archive.bulk_encoded': row(
    501,
    0x0122,
    false,
    '这类数据暂不能单独取出，请下载原件。',
    'This value lies in a deflated data set; take the whole object instead.',
  ),
  'archive.edit_bad_value': row(
    400,
    0x0106,
    false,
    '属性的取值不符合要求。',
    'An attribute may not be edited here, or its value has the wrong form.',
  ),
  'archive.edit_nothing_changes': row(409, 0x0110, false, '没有任何改变。', 'Nothing would change.'),
  'archive.edit_nothing_left': row(
    409,
    0x0110,
    false,
    '不能拆出全部影像，原检查至少要保留一幅。',
    'A split must leave something in the study.',
  ),
  'archive.edit_not_hidden': row(
    409,
    0x0110,
    false,
    '此操作不是删除或拒收，无法恢复。',
    'Only deletions and rejections can be restored.',
  ),
  'archive.edit_other_institution': row(
    409,
    0x0110,
    false,
    '两个检查属于不同机构，不能合并。',
    'The two studies belong to different institutions.',
  ),
  'archive.edit_same_study': row(
    409,
    0x0110,
    false,
    '不能与自身合并。',
    'A study cannot be merged with itself.',
  ),
  'archive.edit_superseded': row(
    409,
    0x0110,
    false,
    '之后还有其他修正，请先撤销后面的修正。',
    'Later edits of this study must be undone first.',
  ),
  'archive.edit_undone': row(409, 0x0110, false, '此修正已经撤销。', 'This edit has been undone already.'),
  'portal.hanging_changed': row(
    409,
    0x0110,
    false,
    '布局方案已被他人修改，请重新打开后再改。',
    'The hanging protocols were changed by someone else. Open the page again.',
  ),
  'archive.no_frame': row(404, 0x0112, false, '此对象没有这一帧图像。', 'This object has no such frame.'),
  'archive.original_gone': row(
    409,
    0x0110,
    false,
    '原始影像已超过恢复期并被清除，无法恢复。',
    'The original is past its recovery window and was purged.',
  ),
  'archive.query_too_wide': row(
    400,
    0xa700,
    false,
    '查询条件要逐个对象比较，范围太大。请加上日期、患者或检查等条件。',
    'These keys are compared object by object and there are too many: add a date, a patient or a study.',
  ),
  'archive.quarantine_resolved': row(
    409,
    0x0110,
    false,
    '此条目已经处理过。',
    'This entry has been resolved already.',
  ),
  'archive.too_many_parts': row(
    413,
    0xa700,
    false,
    '一次提交的对象过多。',
    'One request holds more parts than are allowed.',
  ),

  // storage
  'storage.damaged': row(
    500,
    0xc000,
    false,
    '存储的文件已损坏，已通知管理员。',
    'The stored file is damaged; an administrator must repair it.',
  ),
  'storage.full': row(
    507,
    0xa700,
    true,
    '存储空间不足，暂时无法接收。',
    'The store has reached its reserve and takes nothing new.',
  ),
  'storage.missing': row(404, 0x0112, false, '存储中没有这个文件。', 'The store does not hold this file.'),
  'storage.too_large': row(
    413,
    0xa700,
    false,
    '文件超出此处允许的大小。',
    'The file is larger than is allowed here.',
  ),
  'storage.unavailable': row(
    503,
    0xa700,
    true,
    '存储暂时不可用，请稍后再试。',
    'The store is not available at the moment.',
  ),

  // jobs
  'jobs.cancelled': row(
    503,
    0xfe00,
    true,
    '任务已中止，稍后会继续。',
    'The job was interrupted and will run again.',
  ),
  'jobs.not_dead': row(409, 0x0110, false, '只有失败的任务可以重试。', 'Only a dead job can be tried again.'),
  'settings.changed_meanwhile': row(
    409,
    0x0110,
    false,
    '这项设置刚被改过，请看过现在的值再改。',
    'This setting has just been changed; look at its present value first.',
  ),
  'jobs.queued_again': row(
    409,
    0x0110,
    false,
    '同样的任务已在排队，无需重试。',
    'The same work is queued already; nothing needs to be done.',
  ),
  'jobs.unknown': row(
    500,
    0x0110,
    false,
    '没有程序处理这种任务。',
    'No function is registered for this job.',
  ),

  // nodes
  'nodes.disabled': row(
    403,
    0x0124,
    false,
    '发送方已停用，消息未接收。',
    'The sending application is disabled here.',
    'AR',
  ),
  'nodes.no_address': row(
    409,
    0x0110,
    false,
    '只有填写了主机地址和端口的 DICOM 节点才能连接。',
    'Only a DICOM node with host and port can be called.',
  ),
  'nodes.no_answer': row(502, 0x0110, true, '对方没有正常应答。', 'The node did not answer as it should.'),
  'nodes.registered': row(
    409,
    0x0110,
    false,
    '已有同名节点，未作更改。',
    'A node of this name is registered; nothing was changed.',
  ),
  'nodes.rules_unreadable': row(
    500,
    0x0110,
    false,
    '节点的规则无法读取，请重新保存该节点。',
    'The rules of the node cannot be read: save the node again.',
  ),

  // printing on film
  'printing.impossible_size': row(
    502,
    0x0110,
    false,
    '打印机不能按实际尺寸打印这些图像，未打印。请取消“实际尺寸”后重新打印。',
    'The printer cannot print these pictures at true size and nothing was printed: print again without true size.',
  ),
  'printing.not_a_printer': row(
    409,
    0x0110,
    false,
    '此节点未登记为胶片打印机。',
    'This node is not registered as a film printer.',
  ),
  'printing.not_offered': row(
    502,
    0x0122,
    false,
    '对方不提供 DICOM 打印服务。',
    'The node does not offer DICOM print management.',
  ),
  'printing.out_of_order': row(
    502,
    0x0110,
    true,
    '打印机报告故障，稍后自动重试。',
    'The printer says that it cannot print now; it is tried again later.',
  ),
  'printing.refused': row(
    502,
    0x0110,
    false,
    '打印机拒绝了此次打印，请检查胶片尺寸与版式。',
    'The printer refused: check film size and layout.',
  ),
  'printing.uncertain': row(
    502,
    0x0110,
    false,
    '打印过程中连接中断，最后一张可能已经打印，请先查看打印机。',
    'The connection broke while printing: the last sheet may have come out; look at the printer first.',
  ),

  // routing
  'routing.incomplete': row(
    502,
    0x0110,
    true,
    '部分影像未送达，稍后自动重试。',
    'Not everything was taken; what is missing is sent again later.',
  ),
  'routing.not_a_receiver': row(
    409,
    0x0110,
    false,
    '此节点未允许接收影像，请先在节点中允许“发送”。',
    'This node is not registered as one that we may send to.',
  ),
  'routing.not_offered': row(
    502,
    0x0122,
    false,
    '对方不提供所需的查询或调取服务。',
    'The node does not offer the query or retrieve service that is needed.',
  ),
  'routing.pull_ended': row(409, 0x0110, false, '此调取已经结束。', 'This pull has ended already.'),
  'routing.pull_running': row(409, 0x0110, false, '此调取正在进行。', 'This pull is running or waiting.'),
  'routing.query_failed': row(502, 0x0110, true, '对方未能完成查询。', 'The node did not answer the query.'),
  'routing.refused': row(
    502,
    0x0122,
    false,
    '对方不接收这些影像，重试无效。',
    'The node does not take these objects; trying again does not help.',
  ),
  'routing.send_ended': row(409, 0x0110, false, '此发送已经结束。', 'This send has ended already.'),
  'routing.too_many_matches': row(
    413,
    0xa700,
    false,
    '一次查询的结果过多，请缩短日期范围。',
    'One query has too many matches; ask for fewer days.',
  ),

  // documents
  'documents.damaged': row(
    422,
    0xa900,
    false,
    '文件已损坏，无法打开。',
    'The document is damaged and cannot be opened.',
  ),
  'documents.failed': row(
    500,
    0x0110,
    true,
    '文件处理失败，请稍后再试。',
    'The document could not be converted. Please try again.',
  ),
  'documents.too_large': row(
    413,
    0xa700,
    false,
    '文件过大或页数过多。',
    'The document is too large or has too many pages.',
  ),

  // media
  'media.busy': row(
    503,
    0xa700,
    true,
    '图像正在处理，请稍后再试。',
    'Too many pictures are being made at the moment. Please try again.',
  ),
  'media.frame_damaged': row(
    422,
    0xc000,
    false,
    '这一帧图像已损坏，无法显示；原始文件可以下载。',
    'This frame is damaged and cannot be shown; the object as received can be downloaded.',
  ),
  'media.no_content': row(
    422,
    0x0110,
    false,
    '此对象没有可以显示的内容。',
    'This object holds nothing that can be shown.',
  ),
  'media.no_picture': row(404, 0x0112, false, '此对象没有图像。', 'There is no picture of this object.'),
  'media.not_reconstructable': row(
    409,
    0xa900,
    false,
    '此序列不能做三维重建。',
    'This series cannot be reconstructed as a volume.',
  ),
  'media.not_renderable': row(
    406,
    0x0122,
    false,
    '这类像素数据暂不能显示；原始文件可以下载。',
    'Pixel data of this kind cannot be shown; the object as received can be downloaded.',
  ),

  // hl7
  'hl7.field_missing': row(400, 0xa900, false, '消息缺少必需的字段。', 'A required field is missing.'),
  'hl7.field_value': row(
    400,
    0xa900,
    false,
    '消息字段的内容无法识别。',
    'A field holds a value that is not understood.',
  ),
  'hl7.peer_unknown': row(
    403,
    0x0124,
    false,
    '未登记的发送方，消息未接收。',
    'The sending application is not registered here.',
    'AR',
  ),
  'hl7.unparsable': row(
    400,
    0xc000,
    false,
    '无法解析的 HL7 消息。',
    'This is not a readable HL7 v2 message.',
    'AR',
  ),
  'hl7.unsupported_event': row(501, 0x0122, false, '不支持这种消息事件。', 'Unsupported event code.', 'AR'),
  'hl7.unsupported_type': row(501, 0x0122, false, '不支持这种消息类型。', 'Unsupported message type.', 'AR'),

  // mpi
  'mpi.institution_unknown': row(400, 0xa900, false, '未登记的机构。', 'This institution is not registered.'),
  'mpi.merge_cycle': row(
    409,
    0xa900,
    false,
    '不能把患者合并到已并入它的患者号。',
    'The surviving id was itself merged into the id to be retired.',
  ),
  'mpi.merge_self': row(
    400,
    0xa900,
    false,
    '不能把患者号合并到自己。',
    'A patient id cannot be merged into itself.',
  ),

  // orders
  'orders.accession_taken': row(
    409,
    0xa900,
    false,
    '此检查号已属于另一位患者，未作更改。',
    'The accession number belongs to another patient; nothing was changed.',
  ),
  'orders.cancel_too_late': row(
    409,
    0xa900,
    false,
    '检查已完成，不能取消申请。',
    'The examination has been done; the order cannot be cancelled any more.',
  ),
  'orders.message_applied': row(
    409,
    0x0110,
    false,
    '这条消息已经生效，无需重试。',
    'This message has taken effect already; nothing needs to be done.',
  ),
  'orders.message_repeated': row(
    409,
    0x0110,
    false,
    '发送方后来重发的同一条消息已经生效。',
    'The sender has sent the same message again, and that one has taken effect.',
  ),
  'orders.order_unknown': row(404, 0x0112, false, '没有这张申请单。', 'There is no such order to change.'),

  // reports
  'reports.content_missing': row(
    400,
    0xa900,
    false,
    '报告没有可用的内容。',
    'The report holds no content that can be shown.',
  ),
  'reports.content_type': row(
    415,
    0xa900,
    false,
    '不支持这种报告文件格式。',
    'This kind of report content is not supported.',
  ),
  'reports.file_damaged': row(
    400,
    0xa900,
    false,
    '报告文件已损坏，无法打开。',
    'The report file is damaged and cannot be opened.',
  ),
  'reports.file_refused': row(
    403,
    0x0124,
    false,
    '报告文件路径不在允许的目录内。',
    'The referenced file is not inside a permitted folder.',
  ),
  'reports.file_too_large': row(
    413,
    0xa700,
    false,
    '报告文件过大或页数过多。',
    'The report file is too large or has too many pages.',
  ),
  'reports.number_taken': row(
    409,
    0xa900,
    false,
    '此报告号已属于另一位患者，未作更改。',
    'The report number belongs to another patient; nothing was changed.',
  ),
  'reports.unknown': row(404, 0x0112, false, '没有要撤回的报告。', 'There is no such report to withdraw.'),

  // platform
  'platform.database_away': row(
    503,
    0xa700,
    true,
    '数据库暂时不可用，请稍后再试。',
    'The database is not available at the moment. Please try again soon.',
  ),
  'platform.draining': row(
    503,
    0xa700,
    true,
    '系统正在停机维护，请稍后再试。',
    'The server is shutting down. Please try again soon.',
  ),
  'platform.internal': row(
    500,
    0x0110,
    true,
    '系统发生错误，请稍后再试，并把编号告诉管理员。',
    'Something went wrong. Please try again, and tell an administrator the trace id.',
  ),
  'platform.not_built': row(501, 0x0122, false, '此功能尚未提供。', 'This is not built yet.', 'AR'),
  'platform.overloaded': row(
    503,
    0xa700,
    true,
    '系统繁忙，请稍后再试。',
    'The server is busy. Please try again soon.',
  ),
  'platform.timeout': row(
    504,
    0xa700,
    true,
    '处理超时，请稍后再试。',
    'This took too long. Please try again.',
  ),
} as const satisfies Record<string, ErrorRow>;
