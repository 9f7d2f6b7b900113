/** What the handler takes for granted and no document tells: the assumption, and what comes of it if it is wrong. */
export const ASSUMPTIONS = {
  CloudFormation: {
    'create-view': [
      'A Create finds its resource `CREATE_IN_PROGRESS`',
      'no such resource, or a status that says nothing: the status of the stack decides',
    ],
    'update-view': [
      'An Update finds it `UPDATE_IN_PROGRESS`, with the id of the event',
      'as above; the id is not used',
    ],
    'cleanup-order': [
      'A new physical id is followed by a Delete of the former one',
      'the former one keeps its claim: the identity stays, and says who holds it',
    ],
    'cleanup-view': [
      'The Delete in clean-up finds another id than its own, or a stack in progress',
      'with another id shown the stack has to be in progress; else the Delete is late and nothing is deleted',
    ],
    'rollback-events': [
      'A replacement that is rolled back gets a Delete of the new id, with or without an Update back',
      'both are handled: each gives up its own claim, or keeps it',
    ],
    'rollback-view': [
      'The Delete in a rollback finds a stack in progress',
      'the Delete is late, nothing is deleted, and the answer says so',
    ],
    'failed-create': [
      'A Create that has failed gets a Delete of the id in its answer',
      'what it made has been undone before the answer, so nothing is left without one',
    ],
    'rename-order': [
      'A renamed resource is created before the former one is deleted',
      'the records would be gone in between; a claim cannot help against that',
    ],
    'rename-view': ['The Delete after a rename finds it `DELETE_IN_PROGRESS`', 'as in clean-up'],
    'cancelled-view': [
      'A Create that CloudFormation has cancelled finds that out before it answers',
      'it answers, and the Delete that follows takes everything away',
    ],
    'cancelled-events': [
      'A Create that was cancelled gets a Delete, perhaps by an id that CloudFormation made up',
      'its claims tell what it made; without any Delete they stay, and hold the identity',
    ],
    'no-rollback': [
      'A replacement is refused on a stack without rollback',
      'the next update gives up the claims that no update has ended with',
    ],
    metadata: [
      'A stack shows the `Metadata` of a custom resource, with its references resolved',
      'a watch concludes nothing of its records and settings, says so, and repairs nothing',
    ],
  },
  SES: {
    'same-tokens': [
      '`VerifyDomainDkim` after `CreateEmailIdentity` gives the tokens of that',
      'only those of `VerifyDomainDkim` are used for the records',
    ],
    'already-exists': [
      '`CreateEmailIdentity` refuses an identity that exists',
      'its tags would be lost, and with them the claims: two constructs cannot share an identity there',
    ],
    'late-tags': [
      '`GetEmailIdentity` shows tags that were put later',
      '`ListTagsForResource` is asked before anything is deleted',
    ],
    'v2-knows-v1': [
      '`GetEmailIdentity` knows what `VerifyDomainDkim` has set up',
      '`waitForVerification` ends with a reason, and the deployment is rolled back',
    ],
    'key-length': ['Keys have 2048 bits by default', 'mail passes with 1024 as well; the check tells'],
    'hosted-zone': ['`GetEmailIdentity` says where the keys are', 'a table of the Regions says it'],
    'empty-selectors': [
      'Two of the three selectors may be empty',
      'the check would fail where it passes; nothing else looks',
    ],
    'mail-from': [
      'MAIL FROM can be set before the domain is verified',
      'the deployment fails and is rolled back, with the reason of SES',
    ],
    policy: [
      'An identity takes a sending policy before it is verified',
      'the deployment fails and is rolled back; the reason says to give `waitForVerification`',
    ],
    'policy-text': [
      '`GetEmailIdentity` shows a policy as it was given',
      'it is written again, just the same, whenever the settings change',
    ],
    failed: [
      '`VerifyDomainDkim` sets DKIM going again that has `FAILED`',
      'a wait for the verification ends with the reason, which says what to do by hand',
    ],
    'gone-in-v1': ['`DeleteEmailIdentity` deletes it for the v1 API too', 'what v1 keeps is left behind'],
    'gone-twice': ['`DeleteEmailIdentity` of none is refused with `NotFoundException`', 'success is fine as well'],
    'tokens-again': ['An identity that is made anew may have other tokens', 'they are never kept from before'],
  },
  'Route 53': {
    'record-value': [
      'The value of a record comes back as it was written',
      'values are compared without a trailing dot',
    ],
    'record-exists': [
      '`CREATE` of a record that exists is refused with `InvalidChangeBatch`',
      'the record of somebody else could be changed between the look and the write',
    ],
  },
};
