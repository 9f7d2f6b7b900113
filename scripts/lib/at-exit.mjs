import { constants } from 'node:os';

const tasks = [];
let isListening = false;

/**
 * Has the task (synchronous: the process is ending) run however the process ends, the newest first.
 * Returns a function that takes it back.
 */
export function atExit(task) {
  listen();
  tasks.push(task);
  return () => {
    const index = tasks.indexOf(task);
    if (index >= 0) {
      tasks.splice(index, 1);
    }
  };
}

function listen() {
  if (isListening) {
    return;
  }
  isListening = true;
  // An uncaught exception ends in 'exit' too; a signal does only when it has a listener.
  process.on('exit', () => {
    while (tasks.length > 0) {
      try {
        tasks.pop()();
      } catch (error) {
        console.error(error);
      }
    }
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      console.error(`\nStopped by ${signal}.`);
      process.exit(128 + constants.signals[signal]);
    });
  }
}
