"""Lines about the computer, as students leave them in their answers, by what they do."""

SKIPPED = {
    "pictures elsewhere": "%matplotlib widget",
    "an extension": "%load_ext tensorboard",
    "a magic that nobody knows": "%watermark -v",
    "Colab's version": "%tensorflow_version 2.x",
    "an installation by magic": "%pip install wandb",
    "an installation by command": "!pip install -q wandb",
    "a download": "!wget -q https://example.org/digits.zip",
    "a drive": "from google.colab import drive\ndrive.mount('/content/drive')",
    "an upload": "from google.colab import files, userdata\nuploaded = files.upload()",
    "a question": "name = input('Your name? ')",
    "a question for a number": "epochs = int(input('Epochs? '))",
    "a password": "import getpass\nkey = getpass.getpass()",
    "a debugger": "breakpoint()",
    "a debugger by name": "import pdb\npdb.set_trace()",
    "another backend": "import matplotlib\nmatplotlib.use('TkAgg')",
    "a cell magic that nobody knows": "%%memit",
}
LEFT_OUT = {
    "a package that is not there": "import no_such_package",
    "a name that a package has no more": "from torch import no_such_function",
    "one of several": "import math, no_such_package, json",
    "a logger": "import no_such_package as wandb\nwandb.init(project='cnn')",
    "a print before the definition": "print(relu(not_defined))",
    "a picture before the definition": "plt.imshow(not_defined)",
    "pictures in a loop": "for i in range(2):\n    plt.figure(i)\n    plt.imshow(no_image)",
    "a look at a value": "not_defined.shape",
    "a folder of Colab's": "__import__('os').chdir('/content/drive/MyDrive/cnn')",
    "a file that was not handed in": "data = open('notes.csv').read()",
    "a download": "__import__('urllib.request').request.urlopen('https://example.org/a.py')",
    "a data set": "__import__('torchvision').datasets.MNIST('.', download=True)",
    "a model from the web": "torch.hub.load('pytorch/vision', 'resnet18')",
    "a window": "__import__('tkinter').Tk()",
    "another system": "__import__('os').startfile('image.png')",
    "a demand for a Python": "assert __import__('sys').version_info >= (9, 0)",
    "a refusal without a GPU": "if not torch.cuda.is_available():\n    raise SystemError('none')",
    "a demand for a GPU": "assert torch.version.cuda is None and torch.cuda.is_available()",
}
HARMLESS = {
    "no output": "import sys\nsys.stdout = None",
    "a closed output": "import sys\nsys.stdout.close()\nsys.stderr.close()",
    "another output": "import sys\nclass Quiet: pass\nsys.stdout = Quiet()\nsys.stderr = Quiet()",
    "a file that is closed": "import sys\nsys.stdout = open('log.txt', 'w')\nsys.stdout.close()",
    "no print": "import builtins\nbuiltins.print = None",
    "a logger to a closed stream": (
        "import io, logging\nstream = io.StringIO()\nlogging.basicConfig(stream=stream)\n"
        "stream.close()\nlogging.warning('lost')"
    ),
    "the time of a cell": "%%time",
    "a captured cell": "%%capture output\nprint('never seen')",
    "a captured cell without a name": "%%capture",
    "a line's time": "%time sum(range(10))",
}
COMPILED = {
    "a function": "relu = torch.compile(relu)",
    "a function with options": "relu = torch.compile(mode='max-autotune', fullgraph=True)(relu)",
    "with another compiler": "relu = torch.compile(relu, backend='aot_eager')",
}
PICTURES = {
    "without show": "plt.plot([1, 2])",
    "with show": "fig, ax = plt.subplots()\nax.plot([1, 2])\nplt.show()",
    "inline": "%matplotlib inline\nplt.plot([1, 2]);",
    "as a widget": "%matplotlib widget\nplt.plot([1, 2])\nplt.show()",
    "with another backend": "import matplotlib\nmatplotlib.use('Agg')\nplt.plot([1, 2])",
    "with a backend for screens": "plt.switch_backend('QtAgg')\nplt.plot([1, 2])\nplt.show()",
    "in a function": "def draw():\n    plt.figure()\n    plt.imshow([[0, 1]])\ndraw()",
    "below a cell's magic": "%%time\nplt.plot([1, 2])\nplt.show()",
    "before an error": "plt.plot([1, 2])\n1 / 0",
    "by pandas": "import pandas\npandas.Series([1, 2]).plot()",
    "as a value": "figure, ax = plt.subplots()\nplt.close()\nfigure",
}
