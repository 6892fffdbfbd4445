"""FOLDER PICTURE: both tasks of a picture, at the picture's size."""

import sys

import torch
from peft import PeftModel
from peft_train import SWIN, TwoTasks
from PIL import Image
from torch.nn import functional as F
from transformers import AutoImageProcessor

model = PeftModel.from_pretrained(TwoTasks(), sys.argv[1]).eval()
processor = AutoImageProcessor.from_pretrained(SWIN)
picture = Image.open(sys.argv[2]).convert("RGB")
with torch.no_grad():
    seen = model(**processor(picture, return_tensors="pt"))
size = (picture.height, picture.width)
classes = F.interpolate(seen["semseg"], size, mode="bilinear").argmax(1)
metres = F.interpolate(seen["depth"], size, mode="bilinear")
print(f"class {classes[0, 0, 0]}, {metres[0, 0, 0, 0]:.2f} m")
