// Public names of the audit module (level 0, below everything that acts).
export { auditRefusal, type Refusal } from './audit-refusal.ts';
export { type ImageRead, recordImageRead } from './image-reads.ts';
export {
  type AuditActor,
  type AuditDetail,
  type AuditEntry,
  type AuditRequest,
  type AuditViewer,
  recordAudit,
} from './record-audit.ts';
