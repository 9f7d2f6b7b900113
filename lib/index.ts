export * from './dkim-record';
export * from './dmarc-options';
export * from './dns-record';
export * from './easy-dkim-delegation-role';
export * from './easy-dkim-domain';
export * from './function-options';
export * from './mail-from-options';
export * from './notification-options';
