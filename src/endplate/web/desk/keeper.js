// Keeps the desk in the browser: what the server sends as `kept` is stored here, and after a
// reload, a lost server or a new visit it is sent back. Nothing of it leaves this browser.
const KEY = "endplate.desk";
const EDITS = "endplate.edits"; // of the chart, not yet heard of by the server that was lost

export default {
  template: "<span hidden></span>",
  props: { kept: String },
  mounted() {
    const desk = sessionStorage.getItem(KEY) || localStorage.getItem(KEY) || "";
    const edits = sessionStorage.getItem(EDITS) || "[]";
    sessionStorage.removeItem(EDITS);
    this.$emit("found", { desk, edits, linked: this.fromLink() });
  },
  watch: {
    kept(text) {
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
        // a browser that keeps nothing still works until it is closed
      }
    },
    forget() {
      for (const storage of [sessionStorage, localStorage]) storage.removeItem(KEY);
    },
    // A link carries the desk behind the #, which a browser never sends to a server.
    fromLink() {
      const found = /^#desk=([\w-]+)$/.exec(location.hash);
      if (!found) return "";
      history.replaceState(history.state, "", location.pathname + location.search);
      try {
        const bytes = atob(found[1].replace(/-/g, "+").replace(/_/g, "/"));
        return new TextDecoder().decode(Uint8Array.from(bytes, (c) => c.charCodeAt(0)));
      } catch {
        return "";
      }
    },
    // Notes of a talk stay out of it.
    link() {
      const desk = JSON.parse(this.kept || "{}");
      for (const plan of desk.plans || []) delete plan.notes;
      const bytes = new TextEncoder().encode(JSON.stringify(desk));
      const text = btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(""));
      const code = text.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
      return location.origin + "/#desk=" + code;
    },
  },
};
