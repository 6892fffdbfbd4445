"""FOLDER PICTURES OUT: the class map of every picture, eight pictures at once."""

import sys
from pathlib import Path

import torch
from peft import PeftModel
from peft_train import SWIN, TwoTasks
from PIL import Image
from torch.nn import functional as F
from transformers import AutoImageProcessor

model = PeftModel.from_pretrained(TwoTasks(), sys.argv[1]).eval()
processor = AutoImageProcessor.from_pretrained(SWIN)
out = Path(sys.argv[3])
out.mkdir(parents=True, exist_ok=True)
files = sorted(Path(sys.argv[2]).iterdir())
for i in range(0, len(files), 8):
    some = files[i : i + 8]
    pictures = [Image.open(file).convert("RGB") for file in some]
    with torch.no_grad():
        logits = model(**processor(pictures, return_tensors="pt"))["semseg"]
    for file, picture, one in zip(some, pictures, logits):
        size = (picture.height, picture.width)
        classes = F.interpolate(one[None], size, mode="bilinear").argmax(1)[0]
        Image.fromarray(classes.byte().numpy()).save(out / f"{file.name}.png")
