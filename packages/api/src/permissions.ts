// Every permission that a route may declare. Roles are sets of these; the access module decides.
export const permissions = [
  'public', // anyone, also without a session: landing pages, health, log-in
  'session', // any valid session
  'exam.list',
  'exam.view',
  'report.view',
  'report.download',
  'image.view',
  'image.original', // the object as received
  'image.label', // the label of a slide, which bears names
  'image.download', // a whole study to keep, as ZIP with DICOMDIR
  'exam.break_glass', // open a protected person's exams for an hour, with a reason that is looked at the next day
  'protection.view', // who is protected, names masked
  'protection.edit',
  'protection.unmask',
  'protection.grant', // ask for a doctor, or decide what somebody else asked for
  'protection.review',
  'image.print', // on film, by a printer that an administrator registered
  'ecg.upload', // files of ECG carts that speak no DICOM
  'dicom.store',
  'dicom.query',
  'quarantine.view',
  'quarantine.resolve',
  'job.view',
  'job.retry',
  'compression.view',
  'compression.edit',
  'node.view',
  'node.edit',
  'routing.view',
  'routing.edit',
  'hanging.view',
  'hanging.edit',
  'setting.view',
  'setting.edit', // runtime settings, and taking a change back
  'study.annotate', // store measurements, presentation states and key images with a study one may read
  'study.send', // to a node that an administrator allows to be sent to
  'study.edit',
  'study.delete',
  'study.restore',
  'grant.view', // who may do what, and why
  'grant.edit', // give and take grants, approve what another gave, make roles
  'statistics.view',
  'audit.view', // the audit trail, what looked wrong in it, and its proofs
  'audit.export', // rows of it as a signed file
  'demo.outbox',
  'metrics.view',
] as const;
export type Permission = (typeof permissions)[number];
