import { setTimeout as sleep } from 'node:timers/promises';

/** Ends the process that leads the group, and all that it started, at once. */
export function killGroup(pid) {
  signalGroup(pid, 'SIGKILL');
}

/** Asks the group to end; whoever is still there at the deadline is killed. */
export async function stopGroup(pid, grace = 5_000) {
  signalGroup(pid, 'SIGTERM');
  if (!(await hasEnded(pid, grace))) {
    killGroup(pid);
    await hasEnded(pid, 1_000);
  }
}

async function hasEnded(pid, patience) {
  const deadline = Date.now() + patience;
  while (signalGroup(pid, 0)) {
    if (Date.now() > deadline) {
      return false;
    }
    await sleep(50);
  }
  return true;
}

/** Returns false when there is no such group. */
function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}
