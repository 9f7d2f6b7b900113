/**
 * Loaded before DnsValidatedDomainIdentity's handler, which cannot run on the emulator as it is: it
 * needs the SDK v2, which knows no AWS_ENDPOINT_URL, answers by https only, and waits for minutes.
 */
const http = require('node:http');
const https = require('node:https');

require('aws-sdk/global').config.update({ endpoint: process.env.AWS_ENDPOINT_URL });

const { request } = https;
https.request = (url, ...rest) => (String(url).startsWith('http:') ? http.request : request)(url, ...rest);

const { setTimeout } = globalThis;
globalThis.setTimeout = (work, delay, ...rest) => setTimeout(work, Math.min(delay, 100), ...rest);
