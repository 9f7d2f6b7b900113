/** What the handler assumes and no AWS document says, and what happens if it is wrong. */
export const ASSUMPTIONS = {
  CloudFormation: {
    'create-view': [
      'A Create finds its resource `CREATE_IN_PROGRESS`',
      'there is no such resource, or its status says nothing: the status of the stack decides',
    ],
    'update-view': [
      'An Update finds it `UPDATE_IN_PROGRESS`, with the id of the event',
      'as above; the id is not used',
    ],
    'cleanup-order': [
      'A new physical id is followed by a Delete of the former one',
      'the former one keeps its claim: the identity stays, and its tags say who holds it',
    ],
    'cleanup-view': [
      'The Delete in clean-up finds another id than its own, or a stack in progress',
      'if another id is shown, the stack must be in progress; otherwise the Delete is late, and nothing is deleted',
    ],
    'rollback-events': [
      'When a replacement is rolled back, the new id gets a Delete, with or without an Update back',
      'the function handles both: each resource gives up its own claim, or keeps it',
    ],
    'rollback-view': [
      'The Delete in a rollback finds a stack in progress',
      'the Delete counts as late: nothing is deleted, and the answer says so',
    ],
    'failed-create': [
      'After a failed Create, there is a Delete of the id in its answer',
      'the function undoes what it made before it answers, so nothing is left even without a Delete',
    ],
    'rename-order': [
      'A renamed resource is created before the former one is deleted',
      'the records would be gone in between, which a claim cannot prevent',
    ],
    'rename-view': ['The Delete after a rename finds it `DELETE_IN_PROGRESS`', 'as in clean-up'],
    'cancelled-view': [
      'A Create can see that CloudFormation has cancelled it before it answers',
      'it answers, and the Delete that follows removes everything',
    ],
    'cancelled-events': [
      'After a cancelled Create there is a Delete, perhaps of an id that CloudFormation made up',
      'its claims say what it made; without a Delete they stay, and hold the identity',
    ],
    'no-rollback': [
      'CloudFormation refuses a replacement in a stack without rollback',
      'the next update gives up the claims with which no update has ended',
    ],
    'unanswered-create': [
      'In a stack without rollback, a Create without an answer is followed by another one, then by a Delete of a made-up id',
      'what the first one made stays either way, and goes with the stack',
    ],
    metadata: [
      'A stack shows the `Metadata` of a custom resource, with its references resolved',
      'a watch does not check the records and settings, says so, and repairs nothing',
    ],
  },
  SES: {
    'same-tokens': [
      '`VerifyDomainDkim` returns the same tokens as `CreateEmailIdentity` before',
      'the records use only those of `VerifyDomainDkim`',
    ],
    'already-exists': [
      '`CreateEmailIdentity` refuses an identity that exists',
      'its tags would be lost, and the claims with them: two constructs could not share an identity',
    ],
    'late-tags': [
      '`GetEmailIdentity` shows tags that were added later',
      'the function asks `ListTagsForResource` before it deletes anything',
    ],
    'v2-knows-v1': [
      '`GetEmailIdentity` knows what `VerifyDomainDkim` has set up',
      '`waitForVerification` ends with the reason, and the deployment is rolled back',
    ],
    'key-length': ['Keys have 2048 bits by default', 'mail passes with 1024, too; the check says so'],
    'hosted-zone': ['`GetEmailIdentity` says where the keys are', 'the function uses a table of the Regions'],
    'empty-selectors': [
      'Two of the three selectors may be empty',
      'the check would fail where it now passes; nothing else looks at them',
    ],
    'mail-from': [
      'MAIL FROM can be set before the domain is verified',
      'the deployment fails with the reason that SES gives, and is rolled back',
    ],
    policy: [
      'An identity can get a sending policy before it is verified',
      'the deployment fails and is rolled back; the reason says to give `waitForVerification`',
    ],
    'policy-text': [
      '`GetEmailIdentity` shows a policy as it was given',
      'the function writes the same policy again whenever the settings change',
    ],
    'new-keys': [
      'Keys of another length have other tokens, and the answer to `PutEmailIdentityDkimSigningAttributes` gives them',
      'the function asks `GetEmailIdentity`; with the same tokens the records stay as they are',
    ],
    'new-keys-shown': [
      '`GetEmailIdentity` shows the length that was asked for, as the next one or the current one',
      'the function goes by what the last deployment asked for',
    ],
    'new-keys-again': [
      'SES refuses to change the keys again within 24 hours',
      'the function changes them once in an update, and never in a rollback',
    ],
    'replica-tokens': [
      'A replica has the tokens of its parent',
      'its records would be missing: `waitForVerification` ends with the reason',
    ],
    'replica-origin': [
      '`GetEmailIdentity` says of which Region a replica has its keys',
      'the function takes it for an identity of others: it neither uses nor deletes it',
    ],
    'parent-of-replica': [
      'SES refuses to delete an identity that has a replica',
      'the replica would lose its keys; the function itself refuses when it knows of a replica',
    ],
    failed: [
      '`VerifyDomainDkim` starts DKIM again after it has `FAILED`',
      '`waitForVerification` ends with the reason, which says what to do by hand',
    ],
    'gone-in-v1': ['`DeleteEmailIdentity` also deletes the identity for the v1 API', 'what v1 keeps stays there'],
    'gone-twice': [
      '`DeleteEmailIdentity` of a missing identity fails with `NotFoundException`',
      'success is fine, too',
    ],
    'tokens-again': [
      'An identity that is created again may have other tokens',
      'the function never keeps the old ones',
    ],
  },
  'Route 53': {
    'record-value': [
      'The value of a record comes back as it was written',
      'the function compares values without a trailing dot',
    ],
    'record-exists': [
      'Route 53 refuses to `CREATE` a record that exists, with `InvalidChangeBatch`',
      'the function could change a record that somebody else creates between its look and its write',
    ],
  },
};
