import { aws_lambda as lambda, AssetStaging, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { HANDLER_FOLDER } from '../handler-folder';

/**
 * The bundled handler as the code of a function.
 *
 * `Code.fromAsset()` stages the same asset, but first loads what aws-cdk-lib has on S3 and on every Region: a fifth of the
 * synth time of a small app.
 */
export class HandlerCode extends lambda.Code {
  public readonly isInline = false;

  public bind(scope: Construct): lambda.CodeConfig {
    const stack = Stack.of(scope);
    const staging = new AssetStaging(scope, 'Code', { sourcePath: HANDLER_FOLDER });
    const asset = {
      fileName: staging.relativeStagedPath(stack),
      packaging: staging.packaging,
      sourceHash: staging.assetHash,
      // Older versions of the CDK have no such name, and ignore it.
      displayName: `${scope.node.path} Code`,
    };
    const { bucketName, objectKey } = stack.synthesizer.addFileAsset(asset);
    return { s3Location: { bucketName, objectKey } };
  }
}
