// Public names of the accounts module (level 0, above access): staff accounts and their passwords. Its HTTP routes
// (log-in, password) are in portal, beside /api/me.
export { accountCommands, type WithContext } from './account.cli.ts';
export { getAccountNames } from './account-names.ts';
export { changePassword } from './change-password.ts';
export {
  createAccount,
  disableAccount,
  type IssuedSecret,
  type NewAccount,
  resetAccount,
} from './create-account.ts';
export { createDemoAccounts, type DemoAccounts } from './demo-accounts.ts';
export { createFirstAdministrators } from './first-administrators.ts';
export { type LoggedIn, type LogIn, logIn } from './log-in.ts';
export { type PreparedAccounts, prepareAccounts } from './prepare-accounts.ts';
