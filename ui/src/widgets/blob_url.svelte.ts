// Bytes of the page as the address an image takes.

/** The address of what `blob` answers; given back when it changes or its component goes. Called in a component's script. */
export function addressOf(blob: () => Blob | null): { readonly now: string | null } {
  let now = $state<string | null>(null);
  $effect(() => {
    const held = blob();
    if (held === null) return;
    const address = URL.createObjectURL(held);
    now = address;
    return () => {
      now = null;
      URL.revokeObjectURL(address);
    };
  });
  return {
    get now() {
      return now;
    },
  };
}
