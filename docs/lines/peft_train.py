"""FOLDER: low-rank adapters in a Swin and two heads, two steps on random tensors, kept."""

import sys

import torch
from peft import LoraConfig, get_peft_model
from torch import nn
from torch.nn import functional as F
from transformers import AutoBackbone

SWIN = "microsoft/swin-tiny-patch4-window7-224"


class TwoTasks(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = AutoBackbone.from_pretrained(SWIN)
        self.semseg = nn.Conv2d(self.backbone.channels[-1], 16, 1)
        self.depth = nn.Conv2d(self.backbone.channels[-1], 1, 1)

    def forward(self, pixel_values):
        features = self.backbone(pixel_values).feature_maps[-1]
        size = pixel_values.shape[-2:]
        return {
            "semseg": F.interpolate(self.semseg(features), size, mode="bilinear"),
            "depth": F.interpolate(self.depth(features), size, mode="bilinear"),
        }


if __name__ == "__main__":
    config = LoraConfig(
        r=8,
        lora_alpha=32,
        target_modules=["query", "key", "value", "dense"],
        modules_to_save=["semseg", "depth"],
    )
    model = get_peft_model(TwoTasks(), config).train()
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=1e-3)
    for _ in range(2):
        seen = model(torch.rand(4, 3, 224, 224))
        classes = torch.randint(16, (4, 224, 224))
        metres = 10 * torch.rand(4, 1, 224, 224)
        loss = F.cross_entropy(seen["semseg"], classes)
        loss = loss + F.l1_loss(seen["depth"], metres)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.save_pretrained(sys.argv[1])
