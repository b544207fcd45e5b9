/**
 * A learner's source run in the page, where it can reach nothing: in a worker that a frame without an origin
 * (`sandbox="allow-scripts"`) makes, under a policy of the frame's own that lets it fetch and load nothing. The frame's document
 * stands in its attribute, so it is there without a network and is under the page's policy too, which names the frame's one
 * script by its hash and lets workers be made of blobs. No source is ever loaded as a script by itself: it is put into the text
 * of the worker, so that not even `blob:` is a place that scripts may come from.
 *
 * Before it is put there it is read by itself, in a worker of its own in which nothing of it runs (`checkOf`): a source that would end
 * the function that it is put into could be there before the realm is bare.
 *
 * A new frame for every run. Where the worker never ends, or has eaten its memory (of which no browser tells), the frame is removed
 * at the deadline, and the worker with it. What takes all memory before that takes the tab too where a browser gives the frame no
 * process of its own; the source is kept in the browser and is there again when the page is loaded.
 */
import { readAnswer, type SourceRun } from '../../scenarios/own-policy/answer.ts';
import { checkOf, faultOf, IS_READ, lineInCheck, programOf, sourceLine } from '../../scenarios/own-policy/program.ts';
import type { Exam } from '../../scenarios/own-policy/verdict.ts';

/** Wall time for all courses of a seed, each played twice. */
export const DEADLINE_S = 5;

/** The frame's script. The page's policy in `index.html` names its hash. */
export const FRAME_SCRIPT =
  'onmessage=({data:[check,program,task],ports:[port]})=>{' +
  `const isRead=${IS_READ};` +
  'const start=(text,failed)=>{' +
  'const worker=new Worker(URL.createObjectURL(new Blob([text],{type:"text/javascript"})));' +
  'worker.onerror=(event)=>{event.preventDefault();failed(event.message,event.lineno,worker)};return worker};' +
  'start(check,(message,line,reader)=>{reader.terminate();' +
  'if(!isRead(message,line))return port.postMessage({unread:{message,line}});' +
  'const worker=start(program,(message,line)=>port.postMessage({error:{message,line}}));' +
  'worker.onmessage=({data})=>port.postMessage({answer:data});' +
  'worker.postMessage(task)})};' +
  'parent.postMessage("brownout frame","*")';

/** The frame's document. `hash` is that of `FRAME_SCRIPT`, as a policy names it. */
export const frameDocument = (hash: string): string =>
  `<!doctype html><meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src ${hash}; ` +
  `worker-src blob:; connect-src 'none'"><title>A policy runs</title><script>${FRAME_SCRIPT}</script>`;

interface Heard {
  /** Whatever the worker says. */
  readonly answer?: unknown;
  /** The source is no script by itself. */
  readonly unread?: ToldError;
  /** The worker's script could not be read. */
  readonly error?: ToldError;
}

interface ToldError {
  readonly message: string;
  readonly line: number;
}

/** The hash in the page's own policy, so that it is written down once. */
function hashInPolicy(): string {
  const policy = document.querySelector('meta[http-equiv="Content-Security-Policy"]')?.getAttribute('content') ?? '';
  return /'sha256-[\w+/=]+'/.exec(policy)?.[0] ?? "'none'";
}

/** What the source does on an exam; `stopped` ends it as the deadline does, and rejects with its reason. */
export function runInFrame(source: string, { seed, courses }: Exam, stopped: AbortSignal): Promise<SourceRun> {
  const fault = faultOf(source);
  if (fault !== undefined) return Promise.resolve({ fault });
  return new Promise((resolve, reject) => {
    stopped.throwIfAborted();
    const frame = document.createElement('iframe');
    const { port1: port, port2: theirs } = new MessageChannel();
    const end = (): void => {
      clearTimeout(deadline);
      removeEventListener('message', greet);
      stopped.removeEventListener('abort', stop);
      port.close();
      frame.remove();
    };
    const done = (ran: SourceRun): void => {
      end();
      resolve(ran);
    };
    const stop = (): void => {
      end();
      reject(stopped.reason as Error);
    };
    const inTime = (): ReturnType<typeof setTimeout> =>
      setTimeout(() => {
        const message = `it did not end within ${DEADLINE_S} s, or used up its memory, and was stopped`;
        done({ fault: { message, isOutside: true } });
      }, DEADLINE_S * 1000);
    let deadline = inTime();
    const greet = (event: MessageEvent): void => {
      if (event.source !== frame.contentWindow || event.data !== 'brownout frame') return;
      removeEventListener('message', greet);
      // To start a process for the frame is not the source's doing.
      clearTimeout(deadline);
      deadline = inTime();
      const task = { seed, courses: courses.map(({ capacity, steps }) => ({ capacity, steps })) };
      frame.contentWindow?.postMessage([checkOf(source), programOf(source), task], '*', [theirs]);
    };
    const hear = ({ data }: MessageEvent<Heard>): void => {
      const error = data.unread ?? data.error;
      if (error === undefined) return done(readAnswer(source, data.answer, courses.length));
      const line = data.unread ? lineInCheck(error.line) : sourceLine(source, error.line);
      const message = error.message.replace(/^Uncaught /, '');
      done({ fault: { message, ...(line !== undefined && { line }) } });
    };
    port.addEventListener('message', hear);
    port.start();
    addEventListener('message', greet);
    stopped.addEventListener('abort', stop, { once: true });
    frame.setAttribute('sandbox', 'allow-scripts');
    frame.setAttribute('title', 'A policy runs');
    frame.hidden = true;
    frame.srcdoc = frameDocument(hashInPolicy());
    document.body.append(frame);
  });
}
