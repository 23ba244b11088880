// Stores the workspace in the browser: what the server sends as `saved` is written here, and after
// a reload, a lost server or a new visit it is sent back. Nothing of it leaves this browser.
const KEY = "endplate.desk"; // the name under which earlier versions stored it
const EDITS = "endplate.edits"; // of the chart, not yet received by the server that was lost
const TYPED = "endplate.typed"; // into the forms while no server was connected, by field

export default {
  template: "<span hidden></span>",
  props: { saved: String },
  mounted() {
    const workspace = sessionStorage.getItem(KEY) || localStorage.getItem(KEY) || "";
    const edits = sessionStorage.getItem(EDITS) || "[]";
    const typed = sessionStorage.getItem(TYPED) || "{}";
    sessionStorage.removeItem(EDITS);
    sessionStorage.removeItem(TYPED);
    window.endplateTyped = (path, value) => this.keep(path, value);
    this.undo = (event) => this.key(event);
    this.elsewhere = (event) => {
      if (event.key === KEY && event.newValue) this.$emit("elsewhere");
    };
    document.addEventListener("keydown", this.undo);
    window.addEventListener("storage", this.elsewhere);
    this.$emit("loaded", { workspace, edits, typed, linked: this.fromLink() });
  },
  unmounted() {
    document.removeEventListener("keydown", this.undo);
    window.removeEventListener("storage", this.elsewhere);
  },
  watch: {
    saved(text) {
      this.store(text);
    },
  },
  methods: {
    // A field changed: while no server hears of it, it is kept for the next one.
    keep(path, value) {
      if (window.socket?.connected) return;
      try {
        const typed = JSON.parse(sessionStorage.getItem(TYPED) || "{}");
        sessionStorage.setItem(TYPED, JSON.stringify({ ...typed, [path]: value }));
      } catch {
        // without storage it is kept by this page alone
      }
    },
    // Ctrl+Z and Ctrl+Y, also with Cmd; in a field they are the browser's own.
    key(event) {
      if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
      if (event.target.closest?.("input, textarea, select, [contenteditable=true]")) return;
      const key = event.key.toLowerCase();
      const back = key === "z" && !event.shiftKey;
      if (!back && key !== "y" && key !== "z") return;
      event.preventDefault();
      this.$emit(back ? "undo" : "redo");
    },
    store(text) {
      // the server has heard of everything: what comes from it holds what was typed
      if (window.socket?.connected) sessionStorage.removeItem(TYPED);
      try {
        // of this tab first; the other copy serves a visit in a new tab
        sessionStorage.setItem(KEY, text);
        localStorage.setItem(KEY, text);
      } catch {
        // without storage the app works until the tab is closed
      }
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
