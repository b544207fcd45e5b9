/** The part of simjs, which has no types of its own, that the hold benchmark drives. */
declare module 'simjs' {
  export class Sim {
    addEntity<T extends Entity>(kind: new (name?: string) => T): T;
    /** Runs until a time or a number of events is reached; can be called again to go on. */
    simulate(endTime: number, maxEvents: number): boolean;
  }
  export class Entity {
    constructor(name?: string);
    setTimer(duration: number): Request;
  }
  export class Request {
    done(callback: () => void, context?: object): this;
  }
}
