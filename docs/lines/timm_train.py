"""FILE: two heads on a frozen Swin, two steps on random tensors, kept."""

import sys

import timm
import torch
from torch import nn
from torch.nn import functional as F


class TwoTasks(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = timm.create_model(
            "swin_tiny_patch4_window7_224", pretrained=True, features_only=True
        ).requires_grad_(False)
        width = self.backbone.feature_info.channels()[-1]
        self.semseg = nn.Conv2d(width, 16, 1)
        self.depth = nn.Conv2d(width, 1, 1)

    def forward(self, images):
        features = self.backbone(images)[-1].permute(0, 3, 1, 2)  # Swin's are NHWC
        size = images.shape[-2:]
        return {
            "semseg": F.interpolate(self.semseg(features), size, mode="bilinear"),
            "depth": F.interpolate(self.depth(features), size, mode="bilinear"),
        }


if __name__ == "__main__":
    model = TwoTasks().train()
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
    torch.save(model.state_dict(), sys.argv[1])
