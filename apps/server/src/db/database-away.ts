// Tells a connection that is lost or cannot be made from a statement that is wrong, where it happens: outside the
// driver, "read ECONNRESET" of the database looks like that of any other socket.
import pg from 'pg';
import { AppError } from '../errors.ts';

const lost =
  /^(?:Connection terminated|timeout exceeded when trying to connect|Client (?:was closed|has encountered a connection error))/;

/** For a failed statement: platform.database_away when its connection is gone, else the error as it is. */
export function ofStatement(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof pg.DatabaseError) return error;
  return 'syscall' in error || lost.test(error.message) ? away(error) : error;
}

/** For a connection that could not be made, for whatever reason. */
export function ofConnecting(error: unknown): unknown {
  return error instanceof AppError ? error : away(error);
}

function away(cause: unknown): AppError {
  return new AppError('platform.database_away', {}, { cause });
}
