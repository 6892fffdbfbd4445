"""FILE PICTURE: both tasks of a picture, at the picture's size."""

import sys

import torch
from PIL import Image
from timm.data import create_transform, resolve_model_data_config
from timm_train import TwoTasks
from torch.nn import functional as F

model = TwoTasks().eval()
model.load_state_dict(torch.load(sys.argv[1]))
how = resolve_model_data_config(model.backbone)
how.update(crop_pct=1.0, crop_mode="squash")  # the whole picture, not its middle
picture = Image.open(sys.argv[2]).convert("RGB")
with torch.no_grad():
    seen = model(create_transform(**how)(picture)[None])
size = (picture.height, picture.width)
classes = F.interpolate(seen["semseg"], size, mode="bilinear").argmax(1)
metres = F.interpolate(seen["depth"], size, mode="bilinear")
print(f"class {classes[0, 0, 0]}, {metres[0, 0, 0, 0]:.2f} m")
