export * from './dkim-record';
export * from './easy-dkim-delegation-role';
export * from './easy-dkim-domain';
