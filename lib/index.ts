export * from './dkim-record';
export * from './easy-dkim-domain';
