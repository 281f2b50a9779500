/* An extension of JupyterLab, without a build: captions below the figures of a chapter, and the numbers of the pages.

   jupyterlab-myst renders a chapter, but knows neither the other chapters nor what a code cell defines. So this
   changes the trees that it has parsed before it renders them; the source stays as it is. references.py says what
   each label is called. */
"use strict";
{
  let scope; // what JupyterLab shares with its extensions

  const shared = async name => (await Object.values(scope[name])[0].get())();

  const text = value => [{ type: "text", value }];

  const replace = (node, type, children, url) => {
    for (const key of Object.keys(node)) delete node[key];
    Object.assign(node, { type, children, url });
  };

  /* Number what the pages number, and put words in place of references to what jupyterlab-myst does not see. */
  const resolve = (node, names, chapter) => {
    const name = names[node.label];
    if (node.type === "crossReference") {
      const seen = name?.chapter === chapter && !node.label.startsWith("fig-");
      const words = node.children?.length ? node.children : name && text(name.text);
      if (words && !seen) replace(node, "span", words);
    } else if (node.type === "cite" && name) {
      const words = text(node.kind === "narrative" ? name.narrative : name.text);
      replace(node, name.url ? "link" : "span", words, name.url);
    } else if (name) {
      node.enumerator = name.text.match(/[\d.]+/)[0];
    } else if (node.type === "math") {
      node.enumerated = false;
    }
    for (const child of node.children ?? []) resolve(child, names, chapter);
  };

  const withWords = (cell, names) => {
    const update = cell.updateFragmentMDAST.bind(cell);
    cell.updateFragmentMDAST = async () => {
      await update();
      const path = cell.parent?.parent?.context?.path ?? ""; // of the notebook
      resolve(cell.fragmentMDAST, names, path.split("/").pop().split(".")[0]);
    };
    return cell;
  };

  const withCaption = (cell, rendermime, names) => {
    const figure = cell.model.getMetadata("mystnb")?.figure;
    if (!figure) return cell;
    const renderer = rendermime.createRenderer("text/markdown");
    renderer.id = figure.name;
    renderer.addClass("book-caption");
    const markdown = `**${names[figure.name]?.text ?? "Fig."}** ${figure.caption}`;
    renderer.renderModel(rendermime.createModel({ data: { "text/markdown": markdown } }));
    cell.ready.then(() => cell.layout.addWidget(renderer));
    return cell;
  };

  const plugin = ({ NotebookPanel }, { PageConfig }) => ({
    id: "chapters:plugin",
    description: "Captions and references of the book's chapters",
    autoStart: true,
    requires: [NotebookPanel.IContentFactory],
    activate: (app, factory) => {
      const names = JSON.parse(PageConfig.getOption("references"));
      const { createMarkdownCell, createCodeCell } = factory;
      factory.createMarkdownCell = options => withWords(createMarkdownCell.call(factory, options), names);
      factory.createCodeCell = options => withCaption(createCodeCell.call(factory, options), options.rendermime, names);
    },
  });

  const style = `.book-caption {
    box-sizing: border-box;
    padding: 0 1em 1em calc(var(--jp-cell-prompt-width) + var(--jp-cell-collapser-width) + var(--jp-cell-padding));
  }`;

  (window._JUPYTERLAB ??= {}).chapters = {
    init: given => { scope = given; },
    get: async () => {
      document.head.append(Object.assign(document.createElement("style"), { textContent: style }));
      const only = plugin(await shared("@jupyterlab/notebook"), await shared("@jupyterlab/coreutils"));
      return () => ({ __esModule: true, default: only });
    },
  };
}
