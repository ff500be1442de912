// What a document task throws when the document itself is at fault. The codes are rows of the error table.
export class DocumentError extends Error {
  override readonly name = 'DocumentError';
  readonly code: 'documents.damaged' | 'documents.too_large';

  constructor(code: 'documents.damaged' | 'documents.too_large', message: string) {
    super(message);
    this.code = code;
  }
}
