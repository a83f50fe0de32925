import type { DiagnosisReport, FailureCategory } from './failure-category';

const reports: Readonly<Record<FailureCategory, DiagnosisReport>> = {
  quota: {
    summary: 'The account with the vendor has no credit left.',
    likelyCauses: ['The prepaid credit or the resource pack is used up.', 'The resource pack has expired.', 'A bill is overdue, so the vendor has stopped the account.'],
    recommendedFixes: ['Buy credit or a resource pack at the vendor.', 'Add a key of an account that has credit to the pool.', 'Do the run once more afterwards: nothing was made, and nothing charged.'],
    nextChecks: ['Look at the balance in the console of the vendor.', 'See in the key pool which key rests, and until when.'],
  },
  authentication: {
    summary: 'The vendor does not accept our key.',
    likelyCauses: ['The key was mistyped, revoked or replaced at the vendor.', 'The key belongs to another deployment of the vendor than the configured address.', 'The account may not use this model, or not from this network address.', 'The clock of this server is wrong, so that a signed token is not valid yet or not any more.'],
    recommendedFixes: ['Rotate the key in the pool to one that works.', 'Set LEGNEXT_URL or KLING_URL to the deployment that gave the key.', 'Correct the clock of the server.'],
    nextChecks: ['Try the key in the console of the vendor.', 'See in the list of runs whether other keys of the pool still work.'],
  },
  rate_limit: {
    summary: 'The vendor got too many requests.',
    likelyCauses: ['The key has a lower limit at the vendor than in the pool.', 'Somebody else uses the same account.', 'Many runs began in the same moment.'],
    recommendedFixes: ['Wait a minute and do the run once more.', 'Lower the concurrency or the calls a minute of the key in the pool.', 'Add another key to the pool.'],
    nextChecks: ['Compare the limits of the account at the vendor with those of the key.', 'See on the lease board how busy the key was.'],
  },
  server_error: {
    summary: 'The vendor failed by itself.',
    likelyCauses: ['The vendor has an outage or is overloaded.', 'This request meets a fault of the vendor.'],
    recommendedFixes: ['Do the run once more in some minutes.', 'Try other parameters when it fails again and again.'],
    nextChecks: ['Look at the status page of the vendor.', 'See whether other runs at this vendor fail, too.'],
  },
  content_policy: {
    summary: 'The vendor does not want to make this.',
    likelyCauses: ['The prompt, or the picture to start from, breaks the rules of the vendor.', 'A harmless word was taken for another.'],
    recommendedFixes: ['Say it in other words.', 'Start from another picture.'],
    nextChecks: ['Read the rules for content of the vendor.', 'Look at the answer of the vendor: it may name the word.'],
  },
  parameters: {
    summary: 'The vendor does not accept these parameters.',
    likelyCauses: ['A parameter does not fit the model.', 'The picture to start from is too large, too small, or not one that the vendor reads.', 'The vendor has changed what it takes.'],
    recommendedFixes: ['Go back to the proposed parameters and change one at a time.', 'Choose another model.'],
    nextChecks: ['Look at the answer of the vendor: it may name the parameter.', 'Compare the request with the documentation of the vendor.'],
  },
  network: {
    summary: 'The vendor could not be reached.',
    likelyCauses: ['The network or the name service of this server has a fault.', 'LEGNEXT_URL or KLING_URL is wrong.', 'A firewall or proxy stands between.', 'The vendor has an outage.'],
    recommendedFixes: ['Do the run once more when the network is back.', 'Correct the address in the configuration.', 'Allow the address of the vendor in the firewall.'],
    nextChecks: ['Call the address of the vendor from the machine of this server.', 'Look at the status page of the vendor.', 'Look at the vendor whether it took the work all the same.'],
  },
  timeout: {
    summary: 'What the run waited for did not come in time.',
    likelyCauses: ['The vendor is overloaded.', 'The work takes longer than the run may wait.', 'All provider keys were busy for as long as the run may wait for one.'],
    recommendedFixes: ['If the vendor had the work, look for the outcome again before you do the run once more: it may have finished, and be charged for.', 'Give such runs more time.', 'Add keys to the pool.'],
    nextChecks: ['See in the timeline what the run waited for.', 'Look at the vendor whether it has the work.', 'See how long other runs of this kind took.'],
  },
  interrupted: {
    summary: 'The work was interrupted while it was handed to the vendor.',
    likelyCauses: ['The server stopped between the submission and the answer of the vendor.', 'The provider key was taken away while it was in use.'],
    recommendedFixes: ['Look at the vendor whether it has the work before you do the run once more: it may be charged for twice.'],
    nextChecks: ['See in the timeline how far the run had come.', 'See in the log of the server why it stopped.'],
  },
  unknown: {
    summary: 'The run failed for a reason that is not known.',
    likelyCauses: ['The vendor answered something that it does not document.', 'The work failed at the vendor without a reason that could be read.'],
    recommendedFixes: ['Do the run once more.', 'Try other parameters when it fails again.'],
    nextChecks: ['Look at the answer of the vendor.', 'Look at the work in the console of the vendor.'],
  },
};

/** What a category of failure says by itself; a model may say more about a single failure. */
export const reportOf = (category: FailureCategory): DiagnosisReport => reports[category];
