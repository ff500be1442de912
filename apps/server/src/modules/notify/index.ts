// Public names of the notify module (level 5, above share): messages to phones.
export { demoOutboxRoutes } from './demo-outbox.routes.ts';
export { chooseGateway, type SmsGateway } from './gateway.ts';
export { notifyJobs } from './notify.jobs.ts';
export { loginCodeSender } from './send-login-code.ts';
export { sendSms } from './send-sms.ts';
