/** How to run administration commands at a broker, as text that can be handed to another process. */
export type BrokerControl =
  | { readonly kind: 'node'; readonly program: string; readonly env: Readonly<Record<string, string>> }
  | { readonly kind: 'container'; readonly id: string }
  | { readonly kind: 'none' };

export interface BrokerAddress {
  /** An AMQP 0-9-1 URL of a user with all rights on the virtual host `/`. */
  readonly url: string;
  readonly control: BrokerControl;
}

export interface Broker extends BrokerAddress {
  /** Runs `rabbitmqctl` with these arguments and returns what it prints. */
  ctl(...args: string[]): Promise<string>;
  /** Ends it at once, as a crash does. */
  kill9(): Promise<void>;
  /** Starts it again on the same data and port, and returns when it takes connections. */
  start(): Promise<void>;
  /** Stops it for good and removes its data. */
  dispose(): Promise<void>;
}
