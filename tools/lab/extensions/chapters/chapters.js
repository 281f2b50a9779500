/* An extension of JupyterLab, without a build: captions below the figures of a chapter, and its references with the
   numbers of the pages.

   jupyterlab-myst renders a chapter, but it knows neither other chapters nor what a code cell defines. So this changes
   the trees that it parses before it renders them; the chapter's source stays as it is. references.py says what each
   label is called. */
"use strict";
{
  let scope;

  const shared = async name => (await Object.values(scope[name])[0].get())();

  /* Number what the pages number, and put words in place of references to what is not in this notebook. */
  const resolve = (node, names, path) => {
    const name = names[node.label];
    if (node.type === "crossReference") {
      const here = path.endsWith(`/${name?.chapter}`) && !node.label.startsWith("fig-");
      const words = node.children?.length ? node.children : name && text(name.text);
      if (words && !here) replace(node, "span", words);
    } else if (node.type === "cite" && name) {
      const words = text(node.kind === "narrative" ? name.narrative : name.text);
      replace(node, name.url ? "link" : "span", words, name.url);
    } else if (name) {
      node.enumerator = name.text.match(/[\d.]+/)[0];
    } else if (node.type === "math") {
      node.enumerated = false;
    }
    for (const child of node.children ?? []) resolve(child, names, path);
  };

  const text = value => [{ type: "text", value }];

  const replace = (node, type, children, url) => {
    for (const key of Object.keys(node)) delete node[key];
    Object.assign(node, { type, children, url });
  };

  const captionOf = (cell, names) => {
    const figure = cell.model.getMetadata("mystnb")?.figure;
    if (!figure) return null;
    const caption = document.createElement("figcaption");
    caption.id = figure.name;
    caption.style = "margin: 0.3em 1em 1em calc(var(--jp-cell-prompt-width) + var(--jp-cell-collapser-width) + 12px)";
    caption.textContent = `${names[figure.name]?.text ?? "Fig."}  ${figure.caption}`;
    return caption;
  };

  const activate = (app, factory, { PageConfig }) => {
    const names = JSON.parse(PageConfig.getOption("references") || "{}");
    const markdown = factory.createMarkdownCell.bind(factory);
    factory.createMarkdownCell = options => {
      const cell = markdown(options);
      const update = cell.updateFragmentMDAST.bind(cell);
      cell.updateFragmentMDAST = async () => {
        await update();
        resolve(cell.fragmentMDAST, names, `/${cell.parent?.parent?.context?.path ?? ""}`);
      };
      return cell;
    };
    const code = factory.createCodeCell.bind(factory);
    factory.createCodeCell = options => {
      const cell = code(options);
      const caption = captionOf(cell, names);
      if (caption) cell.ready.then(() => cell.node.append(caption));
      return cell;
    };
  };

  const plugin = async () => {
    const { NotebookPanel } = await shared("@jupyterlab/notebook");
    const coreutils = await shared("@jupyterlab/coreutils");
    return {
      id: "chapters:plugin",
      description: "Captions and references of the book's chapters",
      autoStart: true,
      requires: [NotebookPanel.IContentFactory],
      activate: (app, factory) => activate(app, factory, coreutils),
    };
  };

  (window._JUPYTERLAB ??= {}).chapters = {
    init: given => { scope = given; },
    get: async () => {
      const only = await plugin();
      return () => ({ __esModule: true, default: only });
    },
  };
}
