"""FILE PICTURES OUT: the class map of every picture, eight pictures at once."""

import sys
from pathlib import Path

import torch
from PIL import Image
from timm.data import create_transform, resolve_model_data_config
from timm_train import TwoTasks
from torch.nn import functional as F

model = TwoTasks().eval()
model.load_state_dict(torch.load(sys.argv[1]))
how = resolve_model_data_config(model.backbone)
how.update(crop_pct=1.0, crop_mode="squash")  # the whole picture, not its middle
transform = create_transform(**how)
out = Path(sys.argv[3])
out.mkdir(parents=True, exist_ok=True)
files = sorted(Path(sys.argv[2]).iterdir())
for i in range(0, len(files), 8):
    some = files[i : i + 8]
    pictures = [Image.open(file).convert("RGB") for file in some]
    with torch.no_grad():
        logits = model(torch.stack([transform(one) for one in pictures]))["semseg"]
    for file, picture, one in zip(some, pictures, logits):
        size = (picture.height, picture.width)
        classes = F.interpolate(one[None], size, mode="bilinear").argmax(1)[0]
        Image.fromarray(classes.byte().numpy()).save(out / f"{file.name}.png")
