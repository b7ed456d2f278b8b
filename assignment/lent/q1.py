from torch.nn import functional


def manual_convolution2d(image, kernel):
    return functional.conv2d(image[None, None], kernel.to(image.dtype)[None, None])[0, 0]
