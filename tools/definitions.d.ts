/** What `definition-hashes.ts`, `scenario-modules.ts` and `guide-modules.ts` serve at build. */
declare module 'virtual:brownout/definitions' {
  /** By scenario id: `sha256:` and the hexadecimal digest of the definition's source bytes. */
  export const definitions: Readonly<Record<string, string>>;
}

declare module 'virtual:brownout/scenarios' {
  /** By scenario id: fetches its definition. */
  export const scenarios: Readonly<
    Record<string, () => Promise<{ readonly default: import('../sim-core/index.ts').Scenario }>>
  >;
}

declare module 'virtual:brownout/guide-texts' {
  /** By scenario id: its guide in Markdown. */
  export const guideTexts: Readonly<Record<string, string>>;
}

declare module 'virtual:brownout/guides' {
  /** By scenario id: fetches its guide, read. */
  export const guides: Readonly<
    Record<string, () => Promise<{ readonly sections: readonly import('../ui/models/guide.ts').GuideSection[] }>>
  >;
}

/** What `catalogue-listing.ts` serves. */
declare module 'virtual:brownout/listing' {
  /** In the catalogue's order. */
  export const listing: readonly import('../ui/models/listing.ts').ListedEntry[];
}

/** What `sandbox-script.ts` serves. */
declare module 'virtual:brownout/sandbox' {
  /** A script whose last word is a variable `sandbox`, with what `scenarios/own-policy/sandbox/entry.ts` exports. */
  export const sandboxScript: string;
}
