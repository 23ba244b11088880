// Stores the workspace in the browser: what the server sends as `saved` is written here, and after
// a reload, a lost server or a new visit it is sent back. Nothing of it leaves this browser.
const KEY = "endplate.desk"; // the name under which earlier versions stored it
const EDITS = "endplate.edits"; // of the chart, not yet received by the server that was lost

export default {
  template: "<span hidden></span>",
  props: { saved: String },
  mounted() {
    const workspace = sessionStorage.getItem(KEY) || localStorage.getItem(KEY) || "";
    const edits = sessionStorage.getItem(EDITS) || "[]";
    sessionStorage.removeItem(EDITS);
    this.$emit("loaded", { workspace, edits, linked: this.fromLink() });
  },
  watch: {
    saved(text) {
      this.store(text);
    },
  },
  methods: {
    store(text) {
      try {
        // of this tab first; the other copy serves a visit in a new tab
        sessionStorage.setItem(KEY, text);
        localStorage.setItem(KEY, text);
      } catch {
        // without storage the app works until the tab is closed
      }
    },
    remove() {
      for (const storage of [sessionStorage, localStorage]) storage.removeItem(KEY);
    },
    // A link carries the workspace behind the #, which a browser never sends to a server.
    fromLink() {
      const match = /^#desk=([\w-]+)$/.exec(location.hash);
      if (!match) return "";
      history.replaceState(history.state, "", location.pathname + location.search);
      try {
        const bytes = atob(match[1].replace(/-/g, "+").replace(/_/g, "/"));
        return new TextDecoder().decode(Uint8Array.from(bytes, (c) => c.charCodeAt(0)));
      } catch {
        return "";
      }
    },
    // Notes of a talk are left out of it.
    link() {
      const workspace = JSON.parse(this.saved || "{}");
      for (const plan of workspace.plans || []) delete plan.notes;
      const bytes = new TextEncoder().encode(JSON.stringify(workspace));
      const text = btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(""));
      const code = text.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
      return location.origin + "/#desk=" + code;
    },
  },
};
